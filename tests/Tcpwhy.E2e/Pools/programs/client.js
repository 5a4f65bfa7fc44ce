// client.js MODE HOST PORT
const http = require('http');
const [mode, host, port] = process.argv.slice(2);
const agents = {
  'no-reuse': { keepAlive: false },
  exhausted: { keepAlive: true, maxSockets: 5 },
  healthy: { keepAlive: true },
  leak: { keepAlive: true },
};
const agent = new http.Agent(agents[mode]);
const ask = (then) => http.get({ host, port, agent }, (response) => {
  response.resume();
  response.on('end', then);
}).on('error', () => setTimeout(then, 100));
const callers = { 'no-reuse': 2, exhausted: 40, healthy: 3 }[mode] ?? 0;
const pause = { 'no-reuse': 80, exhausted: 0, healthy: 100 }[mode];
for (let i = 0; i < callers; i++) {
  const again = () => ask(() => setTimeout(again, pause));
  again();
}
// A new agent for each request: its idle connection is never found again.
if (mode === 'leak') setInterval(() => http.get({ host, port, agent: new http.Agent({ keepAlive: true }) }, (response) => response.resume()), 150);
