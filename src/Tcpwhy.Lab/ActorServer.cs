using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Tcpwhy.Lab;

/// <summary>A well-behaved server: answers requests of a fixed size, closes a connection that is idle too long, and closes when the client does.</summary>
internal sealed class ActorServer
{
    readonly Socket _listener;
    readonly int _request;
    readonly int _reply;
    readonly int _idle;
    readonly ConcurrentBag<Thread> _threads = [];
    volatile bool _stop;

    ActorServer(Socket listener, int request, int reply, int idle) =>
        (_listener, _request, _reply, _idle) = (listener, request, reply, idle == 0 ? int.MaxValue : idle);

    /// <summary>Starts to accept; <paramref name="idle"/> is in milliseconds, 0 for no limit.</summary>
    public static ActorServer Start(Socket listener, int request, int reply, int idle)
    {
        var server = new ActorServer(listener, request, reply, idle);
        server.Run("acceptor", server.Accept);
        return server;
    }

    /// <summary>Stops to accept, and lets each connection end after the request it is at.</summary>
    public void Stop()
    {
        _stop = true;
        foreach (Thread thread in _threads)
            thread.Join(500);
    }

    void Accept()
    {
        while (!_stop)
        {
            if (_listener.Poll(TimeSpan.FromMilliseconds(100), SelectMode.SelectRead))
            {
                Socket socket = _listener.Accept();
                Run("worker", () => Serve(new ActorConnection(socket)));
            }
        }
    }

    void Serve(ActorConnection connection)
    {
        connection.Socket.NoDelay = true;
        byte[] reply = new byte[_reply];
        try
        {
            while (Readable(connection.Socket) && connection.Receive(_request, 10_000).IsOk)
                connection.Socket.Send(reply);
        }
        catch (SocketException)
        {
            // The client's affair: a server closes its end and goes on.
        }
        connection.Socket.Close();
    }

    /// <summary>Waits for a request or the client's end; false when the idle time is over or the server stops.</summary>
    bool Readable(Socket socket)
    {
        long end = Environment.TickCount64 + _idle;
        while (!_stop)
        {
            long left = end - Environment.TickCount64;
            if (left <= 0)
                return false;
            if (socket.Poll(TimeSpan.FromMilliseconds(Math.Min(left, 200)), SelectMode.SelectRead))
                return true;
        }
        return false;
    }

    void Run(string name, Action body)
    {
        var thread = new Thread(() => Quietly(body)) { IsBackground = true, Name = name };
        _threads.Add(thread);
        thread.Start();
    }

    static void Quietly(Action body)
    {
        try
        {
            body();
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // The listener was closed on command.
        }
    }
}
