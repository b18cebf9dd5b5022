// The places of heads, leaders and administrators.

export const placesWords = {
  'place.department': 'Coverage, trends and the matrix of the department come here.',
  'place.school': 'Coverage, trends, the matrix and the weekly pack of the school come here.',
  'place.referrals': 'Referrals and department trends come here.',
  'place.overview': 'One part for each of your roles comes here.',
  'place.people': 'Rosters and roles come here. Until then: halfterm import, at the server.',
  'place.tablets': 'Tablets and invitations come here. Until then: halfterm invite, at the server.',
  'place.keeping': 'Backups and erasures come here. Until then: halfterm backup, at the server.',
  'place.notYet': 'This page is not built yet. The figures are at the server: halfterm summary.',
  'place.visitsStill': 'Your own visits are under Visits.',
} as const;
