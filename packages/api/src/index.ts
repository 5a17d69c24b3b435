export { grants } from './access/roles.ts';
export { appRouter } from './app-router.ts';
export type { AppRouter, RouterInputs, RouterOutputs } from './app-router.types.ts';
export type * from './context.ts';
export { AppError, errorKinds, publicError, toAppError } from './errors.ts';
export { createAdmin } from './features/admin/create-admin.ts';
export { MAIL_TASK, type MailJob, parseMailJob } from './mail/mail-job.ts';
export { type MailServices, sendMail } from './mail/send-mail.ts';
export type { Meta } from './trpc.ts';
