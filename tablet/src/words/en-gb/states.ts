// Where a record is kept, what waits and why; the words of section 3 of the design.

export const statesWords = {
  // Where a record is kept, and who has it. Never another word for these.
  'state.onTablet': 'On this tablet',
  'state.onTablet.long': 'Saved on this tablet at {time}. It has not been sent yet.',
  'state.sent': 'Sent',
  'state.sent.long':
    'Sent at {time}. Waiting for the server to say that it is stored. This tablet keeps its copy.',
  'state.stored': 'Stored',
  'state.stored.long': 'The server has it since {time}. It goes into tonight’s backup.',
  'state.backupTonight': 'In tonight’s backup',
  'state.backup': 'In the backup',
  'state.backup.long':
    'In the backup of {date}, checked at {time}. This tablet may now forget its own copy.',
  'state.shared': 'Shared',
  'state.shared.long': '{teacher} can read version {n} since {time}.',
  'state.willShare': 'Will be shared',
  'state.willShare.long': 'Will be shared when this tablet connects.',
  'state.willSubmit': 'Will be submitted',
  'state.willSubmit.long':
    'It is submitted when this tablet connects; you can still change it until then.',
  'state.submitted': 'Submitted',
  'state.submitted.long': 'Submitted at {time}.',
  'state.acknowledged': 'Acknowledged',
  'state.acknowledged.long': '{teacher} has read version {n}, on {date} at {time}.',
  'state.acknowledged.changed': 'Acknowledged version {n}; changed since.',
  'state.withdrawn': 'Withdrawn',
  'state.storedLate': 'Stored, arrived late',
  'state.storedLate.long': 'The server has it since {time}. It arrived late and is marked so.',
  'state.parkedFor': 'Stored, waiting for {owner}',
  'state.parkedFor.long': 'The server keeps it. {owner} decides whether it is taken in.',
  'state.parkedNeeds': 'Stored, needs {owner}: {reason}',
  'state.planned': 'Planned',
  'state.draft': 'Draft',
  'state.closed': 'Closed',

  'reason.roleEnded': 'the writer’s role had ended',
  'reason.alreadyShared': 'the visit was already shared',
  'reason.damaged': 'the message was damaged',
  'reason.unknownPerson': 'the person is not known here',
  'reason.neverAllowed': 'the writer may not write there',
  'reason.tooLarge': 'it is larger than the server takes',
  'reason.closed': 'the visit was already closed',

  // The header chip of every screen.
  'header.unsent': '{n} on this tablet since {time}',
  'header.stored': 'All stored',
  'header.storedShort': 'All',
  'header.offlineUnsent': 'Offline · {n} on this tablet since {time}',
  'header.offlineStored': 'Offline · all stored',
  'header.sending': 'Sending {k} of {n}',
  'header.puttingBack': 'Putting back {k} of {n}',
  'header.colleagues':
    '{n, plural, one {# colleague has} other {# colleagues have}} unsent work on this tablet (oldest {days, plural, =0 {today} one {# day} other {# days}})',
  'header.offlineColleagues':
    'Offline · {n, plural, one {# colleague has} other {# colleagues have}} unsent work on this tablet (oldest {days, plural, =0 {today} one {# day} other {# days}})',
  'header.open': 'Open what is waiting',

  'waiting.title': 'What is waiting',
  'waiting.subtitle': 'Nothing here can be deleted.',
  'waiting.empty': 'Nothing waits. All stored.',
  'waiting.sendNow': 'Send now',
  'waiting.saveBackup': 'Save a sealed backup file',
  'waiting.takeIn': 'Take in a sealed backup file',
  'waiting.takenIn':
    '{n, plural, one {# change is} other {# changes are}} on this tablet now, sealed. Nothing that was here has changed.',
  'waiting.file':
    '{n, plural, one {# change of a backup file waits} other {# changes of a backup file wait}} here, sealed, for the next contact with the server.',
  'waiting.fileSent': 'What was in the backup file is at the server.',
  'waiting.fileStuck':
    'The server could not take {n, plural, one {# change} other {# changes}} of a backup file as they are. They are kept here. Give the file to the administrator.',
  'waiting.changes': '{n, plural, one {# change} other {# changes}}',
  'waiting.since': 'since {time}',
  'waiting.noRecord': 'Other work of yours',
  'waiting.parked': 'Kept at the server',
  'waiting.lastContact': 'Last contact with the server',
  'waiting.never': 'None yet',
  'waiting.clock': 'This tablet’s clock',
  'waiting.clockRight': 'Right',
  'waiting.clockUnknown': 'Not known before the next contact',
  'waiting.clockOff': '{amount} {way, select, fast {fast} other {slow}}',
  'waiting.unsentList': 'By record',
  'waiting.health': 'This tablet',
  'waiting.old':
    'The oldest has waited since {date}. Bring this tablet near the Wi-Fi, or save a sealed backup file.',
  'waiting.serverBusy':
    'The server is busy. This tablet tries again by itself in {seconds, plural, one {# second} other {# seconds}}. Nothing is lost.',
  'waiting.signInEnded':
    'Your sign-in has ended. Your work is still here and will still be sent. Sign in to fetch new things.',
  'waiting.clockWrong':
    'This tablet’s clock is {amount} {way, select, fast {fast} other {slow}}. Order does not depend on it. Please check the lesson dates of {visits, plural, one {# visit} other {# visits}}.',
  'waiting.restored':
    'The server was restored from {date}. This tablet is putting back what it holds: {k} of {n}. You can go on working.',
  'waiting.restoredUndated':
    'The server was restored from a backup. This tablet is putting back what it holds: {k} of {n}. You can go on working.',
  'waiting.refused':
    'One change could not be taken in: {reason}. It is kept here and at the server. The rest has gone through.',
  'waiting.newerApp':
    'A newer Halfterm is ready. Your unsent work stays. Reload when you are done with this lesson.',
  'waiting.reload': 'Reload',
  'waiting.otherTab':
    'Halfterm is open in another tab. You can read here; to write, tap Use this tab.',
  'waiting.useThisTab': 'Use this tab',
  'waiting.cannotSave':
    'This tablet could not save that. Your words are still on the screen. Copy them, free some space, then tap Save again.',
  'waiting.saveAgain': 'Save again',
  'waiting.scopeEnded':
    '{department} is no longer on this tablet, because your role ended on {date}. What you had not sent has been kept and will be sent.',
  'waiting.leaseOver':
    'This tablet has not been in touch since {date}. What others wrote is shown again after the next contact. What you wrote here is kept, and will be sent.',
  'waiting.open': 'Open',
  'declined.share': 'Your feedback was not shared: {why}',
  'declined.submit': 'Your page was not submitted: {why}',
  'declined.excuse': 'The observer was not excused: {why}',
  'declined.close': 'The visit was not closed: {why}',
  'declined.withdraw': 'The feedback was not withdrawn: {why}',
  'declined.correctPlan': 'The plan was not changed: {why}',
  'declined.join': 'You were not added to the visit: {why}',
  'declined.grantRead': 'Nobody was let in to read: {why}',
  'declined.endRead': 'Reading was not taken back: {why}',
  'declined.release': 'What was kept aside was not taken in: {why}',
  'declined.erasePeer': 'The visit was not deleted: {why}',
  'declined.moveSheet': 'Your page has not gone into the other visit: {why}',
  'declined.why.stale': 'it had changed on another tablet meanwhile. Read it again, then decide.',
  'declined.why.missing': 'something needed was not there yet. Add it, then do it again.',
  'declined.why.notAllowed': 'your role does not allow it here. What you wrote is kept.',
  'declined.why.notAllSubmitted': 'not every observer had submitted a page.',
  'declined.why.openQuery': 'a question about it was still open. Answer it first.',
  'declined.why.closed': 'the visit was closed or withdrawn. What you wrote is kept.',

  'when.between': 'between {from} and {to}; the tablet said {said}',
  'when.todayAt': 'Today at {time}',
  'when.dateAt': '{date} at {time}',
  'when.hereNow': 'now',
} as const;
