// How long an invocation of deliver may last, and what of it is not for Campaign.

/** The function's time-out: two calls to Campaign at their slowest (15 s each). */
export const INVOCATION_MILLISECONDS = 30 * 1000

/** What is left of an invocation when calls to Campaign end, for the ledger, the parked queue and the answer. */
export const RESERVE_MILLISECONDS = 3000
