/** Placeholder until the examples exist. */
export async function demoAccount(_options: {
  connectionString: string;
  folder: string;
}): Promise<{ email: string; password: string } | null> {
  return null;
}
