/** How a decoder process that was ended tells why. Neither leaves a core dump behind. */
export const SIGNAL_OF_TIME = 'SIGVTALRM';
export const SIGNAL_OF_MEMORY = 'SIGUSR2';
