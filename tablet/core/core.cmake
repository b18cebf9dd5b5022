# The merge core as WebAssembly, by Debian's clang and wasi-libc: what the server runs, byte for byte.
# It imports nothing, and has neither exceptions nor RTTI.
find_program(HALFTERM_WASM_CXX clang++-14 REQUIRED)
set(wasm_flags --target=wasm32-wasi -mexec-model=reactor -std=c++17 -Os -DNDEBUG -fno-exceptions
  -fno-rtti -I ${PROJECT_SOURCE_DIR} -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
  -Wl,--strip-all)
set(core_sources audience cell decode delta digest encode facet field_cells group path rehome sha256
  sha256_portable types varint)
list(TRANSFORM core_sources PREPEND ${PROJECT_SOURCE_DIR}/sync/core/)
list(TRANSFORM core_sources APPEND .cc)
file(GLOB core_headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/sync/core/*.h)
set(here ${CMAKE_CURRENT_LIST_DIR})

# One compilation, from sources to a module: it takes some seconds, and only when the core changes.
set(made ${tablet}/.generated/core)
add_custom_command(OUTPUT ${made}/core.wasm ${made}/pin.ts
  COMMAND ${CMAKE_COMMAND} -E make_directory ${made}
  COMMAND ${HALFTERM_WASM_CXX} ${wasm_flags} ${here}/abi.cc ${core_sources} -o ${made}/core.wasm
  COMMAND ${CMAKE_COMMAND} -D CORE=${made}/core.wasm -D PIN=${made}/pin.ts -P ${here}/pin.cmake
  DEPENDS ${here}/abi.cc ${here}/pin.cmake ${core_sources} ${core_headers})
set(tablet_core_files ${made}/core.wasm ${made}/pin.ts)

# The generator of cases, in both builds.
set(case_sources ${here}/cases.cc ${PROJECT_SOURCE_DIR}/tests/support/random_history.cc)
set(cases ${CMAKE_CURRENT_BINARY_DIR}/cases.wasm)
add_custom_command(OUTPUT ${cases}
  COMMAND ${HALFTERM_WASM_CXX} ${wasm_flags} ${here}/cases_wasm.cc ${case_sources} ${core_sources}
    -o ${cases}
  DEPENDS ${here}/cases_wasm.cc ${here}/cases.h ${case_sources} ${core_sources} ${core_headers})
add_custom_target(core_cases_wasm ALL DEPENDS ${cases})
add_executable(core_cases ${here}/cases_native.cc ${here}/cases.cc)
target_link_libraries(core_cases PRIVATE halfterm_options halfterm_random_history halfterm_core
  halfterm_core_portable_sha256)

add_test(NAME core_builds_agree
  COMMAND ${HALFTERM_NPM} exec --offline -- node ${here}/builds-agree.ts $<TARGET_FILE:core_cases>
    ${cases} ${made}/core.wasm
  WORKING_DIRECTORY ${tablet})
set_tests_properties(core_builds_agree PROPERTIES LABELS "tablet;vectors" TIMEOUT 300)
