/*
 * The two menus of 8x8's own guides, as one would put them here: the reservations of the advanced guide and the single
 * question of the simple one.
 */

export const restaurant = {
  start: 'main',
  voiceProfile: 'en-US-BenjaminRUS',
  speed: 1,
  steps: {
    main: {
      ask: 'Welcome to ABC Restaurant, to book a table press 1, to speak to a representative press 2, to hear our restaurant hours press 3.',
      choices: { '1': 'reservations', '2': 'connect_call', '3': 'hours' },
      otherwise: 'invalid',
      tries: 2,
    },
    reservations: {
      ask: 'Press 1 to make a new reservation, press 2 to reschedule an existing reservation, press 3 to return to main menu.',
      choices: { '1': 'book_table', '2': 'reschedule_table', '3': 'main' },
      otherwise: 'invalid',
      tries: 2,
    },
    connect_call: {
      ask: 'Connecting you to the next available representative. Press 1 to connect now, press 2 to return to main menu',
      choices: { '1': 'representative', '2': 'main' },
      otherwise: 'invalid',
      tries: 2,
    },
    hours: { say: 'Our restaurant hours are between 9AM and 9PM every day of the week.', then: 'hangup' },
    book_table: {
      ask: 'Reserving a Table, Press 1 to reserve a table for today, Press 2 to reserve a table for tomorrow.',
      choices: { '1': 'booked_today', '2': 'booked_tomorrow' },
      otherwise: 'invalid',
      tries: 2,
    },
    reschedule_table: {
      ask: 'Rescheduling your reservation, Press 1 to keep your current reservation, press 2 to change your reservation to tomorrow.',
      choices: { '1': 'kept', '2': 'moved' },
      otherwise: 'invalid',
      tries: 2,
    },
    booked_today: { say: 'We have booked your table for today, thank you.', then: 'hangup' },
    booked_tomorrow: { say: 'We have booked your table for tomorrow, thank you.', then: 'hangup' },
    kept: { say: 'Keeping your current reservation, thank you.', then: 'hangup' },
    moved: { say: 'Changing your reservation to tomorrow thank you.', then: 'hangup' },
    invalid: { say: 'Invalid input, please call again.', then: 'hangup' },
    representative: { connect: { phoneNumber: '+6567330001' } },
  },
};
