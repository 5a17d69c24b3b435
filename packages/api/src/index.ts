export { grants } from './access/roles.ts';
export { appRouter } from './app-router.ts';
export type { AppRouter, RouterInputs, RouterOutputs } from './app-router.types.ts';
export type * from './context.ts';
export { AppError, errorKinds, publicError, toAppError } from './errors.ts';
export { MAIL_TASK, type MailJob } from './mail/mail-job.ts';
export type { Meta } from './trpc.ts';
