# Writes the SHA-256 of the core into the app, which runs no other one.
file(SHA256 ${CORE} hash)
file(WRITE ${PIN} "export const coreSha256 = '${hash}';\n")
