// Where somebody is signed in, and what administrators see: tablets, invitations, the account of everything.

export const officeWords = {
  'signIns.title': 'Where I am signed in',
  'signIns.purpose':
    'Each tablet on which your name can fetch new things. Ending one deletes nothing: what is unsent there is still taken in.',
  'signIns.none': 'You are signed in nowhere else.',
  'signIns.here': 'This tablet',
  'signIns.since': 'since {date}',
  'signIns.seen': 'last used {time}',
  'signIns.until': 'until {date}',
  'signIns.end': 'End',
  'signIns.endOn': 'End the sign-in on {tablet}',
  'signIns.passphrase': 'Passphrase',
  'signIns.passphraseName': 'You sign in as {name}.',
  'signIns.passphraseNone':
    'You have not chosen one. With a passphrase you sign in without a code, on any tablet of your school.',
  'signIns.old': 'Your passphrase until now',
  'signIns.new': 'New passphrase, at least twelve characters',
  'signIns.set': 'Set the passphrase',
  'signIns.setEnds': 'Setting it ends your sign-in on every other tablet.',
  'signIns.isSet': 'The passphrase is set.',
  'signIns.forgotten': 'Forgotten? With the code of an invitation',
  'signIns.remembered': 'With the passphrase until now',
  'signIns.provider': 'Sign in with {provider}',
  'signIns.withProvider': 'Use this code with {provider}',
  'signIns.byName': 'With a sign-in name',
  'signIns.name': 'Sign-in name',
  'signIns.nameWrong':
    'That sign-in name and passphrase did not match. Try again, or ask for a code.',
  'signIns.back': 'Coming back from {provider}…',

  'office.title': 'Office',
  'office.offline': 'This page needs the network: nothing of it is kept on a tablet.',
  'office.busy': 'The server is busy. Nothing is lost; try again in a moment.',
  'office.again': 'Ask again',
  'office.people': 'People',
  'office.tablets': 'Tablets',
  'office.account': 'Everything accounted for',

  // Administrator: invitations and tablets.
  'office.peoplePurpose': 'Who is signed in, and a code for whoever is to join.',
  'office.find': 'Find a person',
  'office.peopleNone': 'This tablet knows no list of your staff. At the server: halfterm invite.',
  'office.peopleNoneFound': 'Nobody of that name.',
  'office.peopleMore': 'These are {shown} of {n}. Find the others by their name.',
  'office.inviteName': 'Invite {name}',
  'office.inviteTablet': 'Invite a tablet',
  'office.codeFor': 'Code for {name}',
  'office.codeForTablet': 'Code for a tablet',
  'office.code': 'Type {code}, or scan:',
  'office.codeEnds': 'Ends at {time}. It works once; a new one ends it.',
  'office.codeEnded': 'This code has ended.',
  'office.codeSecret': 'Whoever has it can get in. Show it to nobody else.',
  'office.qr': 'The code as a picture, for the camera of the tablet',
  'office.signedIn': 'Signed in',
  'office.signedInNone': '{name} is signed in nowhere.',
  'office.tabletsPurpose':
    'Taking a tablet out of use ends every sign-in on it; it can no longer fetch anything. What is unsent on it is still taken in when it connects.',
  'office.tabletsNone': 'No tablet has joined yet.',
  'office.tablet':
    '{people, plural, =0 {nobody signed in} one {# person signed in} other {# people signed in}}',
  'office.tabletSeen': 'last seen {time}',
  'office.tabletNever': 'never seen',
  'office.tabletApp': 'Halfterm {version}',
  'office.tabletEnded': 'Out of use since {date}',
  'office.endTablet': 'Take out of use',
  'office.endTabletTitle': 'Take {label} out of use?',
  'office.endTabletHint':
    'It can no longer fetch anything, and nobody signs in on it again. What is unsent on it is still taken in when it connects.',

  // Administrator: everything accounted for.
  'office.accountPurpose':
    'Every change that a tablet ever handed over, and what became of it. Counts alone: nobody’s words.',
  'office.received': 'Received {n, number}',
  'office.committed': 'Taken in',
  'office.late': 'Late, kept aside',
  'office.parked': 'Parked',
  'office.erased': 'Erased',
  'office.addsUp': 'It adds up: {n, number} received, {n, number} accounted for.',
  'office.doesNotAddUp':
    'It does not add up: {n, number} received, {m, number} accounted for. Stop and run halfterm verify.',
  'office.why': 'Why changes were kept aside',
  'office.whyNone': 'Nothing was kept aside.',
  'office.reason': '{kind, select, late {Late} other {Parked}}: {reason}',
  'office.ofThese':
    '{n, plural, one {# change} other {# changes}}, {taken, plural, =0 {none} other {#}} taken in since',
  'office.erasedRecords':
    '{n, plural, =0 {No visit was erased.} one {# visit was erased for good.} other {# visits were erased for good.}}',
} as const;
