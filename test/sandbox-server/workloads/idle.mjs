// A service that does nothing and needs nothing.
console.log('idle');
setInterval(() => console.log('still idle'), 3_600_000);
