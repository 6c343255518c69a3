// The version of docs/numerics.md that this trainer follows. Raised by whoever changes an order of summation, a draw or a polynomial.
export const NUMERICS = 1;
