// A second real SCIM server: the scimmy packages, with everything in memory and as sloppy as they leave their users.
// node scimmy.mjs PORT TOKEN
import { randomUUID } from 'node:crypto';
import express from 'express';
import SCIMMY from 'scimmy';
import SCIMMYRouters from 'scimmy-routers';

const [port, token] = process.argv.slice(2);

function handlers(taken) {
  const all = new Map();
  const gone = () => new SCIMMY.Types.Error(404, null, 'not there');
  return {
    ingress: (resource, data) => {
      const there = resource.id ? all.get(resource.id) : {};
      if (there === undefined) throw gone();
      if (!resource.id && [...all.values()].some((one) => taken(one, data))) {
        throw new SCIMMY.Types.Error(409, 'uniqueness', 'taken');
      }
      const id = resource.id ?? randomUUID();
      const kept = { ...JSON.parse(JSON.stringify(data)), id };
      all.set(id, kept);
      return kept;
    },
    egress: (resource) => {
      if (!resource.id) {
        const every = [...all.values()];
        return resource.filter ? resource.filter.match(every) : every;
      }
      const there = all.get(resource.id);
      if (there === undefined) throw gone();
      return there;
    },
    degress: (resource) => {
      if (!all.delete(resource.id)) throw gone();
    },
  };
}

const same = (one, other) => one.userName?.toLowerCase() === other.userName?.toLowerCase();
SCIMMY.Resources.declare(SCIMMY.Resources.User, handlers(same));
SCIMMY.Resources.declare(SCIMMY.Resources.Group, handlers(() => false));
SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser, false);

const app = express();
app.use(
  '/v2',
  new SCIMMYRouters({
    type: 'bearer',
    handler: (request) => {
      if (request.header('Authorization') !== `Bearer ${token}`) throw new Error('not known');
      return 'pimento';
    },
  }),
);
app.listen(Number(port), '127.0.0.1');
