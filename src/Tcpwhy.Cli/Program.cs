using Tcpwhy.Lab;

if (args is ["lab-actor", ..]) return ActorProgram.Run(args[1..]);
return 0;
