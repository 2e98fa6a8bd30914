// A quiz over socket.io: rooms that fill, play and are closed. usage: node rooms.cjs server PORT KEEP | clients PORT PLAYERS
// The server keeps what was said in a room until the room is empty, and the results of the last KEEP rooms.
const [role, port, many] = [process.argv[2], ...process.argv.slice(3).map(Number)];
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function serve() {
  const { Server } = require('socket.io');
  const io = new Server(port, { maxHttpBufferSize: 1e6 });
  const rooms = new Map();
  const results = [];
  io.on('connection', (socket) => {
    let room = '';
    socket.on('join', (name) => {
      room = name;
      socket.join(room);
      if (!rooms.has(room)) rooms.set(room, { said: [], inside: 0 });
      rooms.get(room).inside++;
    });
    socket.on('answer', (text) => {
      rooms.get(room)?.said.push({ text, at: Date.now(), by: socket.id });
      io.to(room).emit('answer', text.slice(0, 200));
    });
    socket.on('disconnect', () => {
      const one = rooms.get(room);
      if (one === undefined || --one.inside > 0) return;
      rooms.delete(room);
      results.push(one.said.map(({ by, text }) => `${by} ${text.length}`));
      if (results.length > many) results.shift();
    });
  });
}

async function play(number) {
  const { io } = require('socket.io-client');
  for (;;) {
    const socket = io(`http://127.0.0.1:${port}`, { reconnection: false, forceNew: true });
    socket.emit('join', `room${Math.floor(Date.now() / 40_000) % 50}-${number % 4}`);
    const turns = 10 + Math.random() * 25;
    for (let i = 0; i < turns; i++) {
      await pause(300 + Math.random() * 1500);
      socket.emit('answer', `${number}:${i} `.repeat(200 + Math.random() * 4000));
    }
    socket.disconnect();
    await pause(Math.random() * 9000);
  }
}

if (role === 'server') serve();
else for (let i = 0; i < many; i++) void play(i);
