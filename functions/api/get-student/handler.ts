import { studentViewSchema } from '../../../core/api.ts';
import { nothing, type Route } from '../define-route.ts';
import { type StudentServices, studentOf } from '../student-view.ts';

/** GET /student */
export const getStudent: Route<
  typeof nothing,
  typeof nothing,
  typeof nothing,
  typeof studentViewSchema,
  StudentServices
> = {
  name: 'get-student',
  path: nothing,
  query: nothing,
  body: nothing,
  answer: studentViewSchema,
  run: async (_, services) => ({ body: await studentOf(services) }),
};
