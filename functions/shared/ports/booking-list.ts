/** A booking as the list of all of them keeps it. */
export interface ListedBooking {
  readonly bookingId: string;
  readonly createdAtMs: number;
}

/** The list of all bookings by the time of their making, written some at a time by whoever follows the bookings. */
export interface BookingList {
  /** One write for each second in which some of them were made; repeated with the same bookings it changes nothing. */
  append(bookings: readonly ListedBooking[]): Promise<void>;
}
