using System.Net;
using System.Net.Sockets;

namespace Tcpwhy.Lab;

/// <summary>A well-behaved client: keeps connections busy, renews each after some exchanges, and closes before the server does.</summary>
internal sealed class ActorLoad
{
    const int ExchangesPerConnection = 25;

    readonly List<Thread> _threads = [];
    long _exchanges;
    volatile bool _stop;

    /// <summary>Starts a thread for each connection; <paramref name="pause"/> is in milliseconds between exchanges.</summary>
    public static ActorLoad Start(IPEndPoint to, int connections, int request, int reply, int pause)
    {
        var load = new ActorLoad();
        for (int i = 0; i < connections; i++)
        {
            var thread = new Thread(() => load.Run(to, request, reply, pause)) { IsBackground = true, Name = "worker" };
            load._threads.Add(thread);
            thread.Start();
        }
        return load;
    }

    /// <summary>Lets each exchange end, closes, and returns how many there were.</summary>
    public long Stop()
    {
        _stop = true;
        foreach (Thread thread in _threads)
            thread.Join(1000);
        return Interlocked.Read(ref _exchanges);
    }

    void Run(IPEndPoint to, int request, int reply, int pause)
    {
        while (!_stop)
        {
            Socket? socket = ActorConnection.Open(to, 5000, out _);
            if (socket is null)
                return;
            var connection = new ActorConnection(socket);
            try
            {
                for (int i = 0; i < ExchangesPerConnection && !_stop && connection.Exchange(request, reply, -1).IsOk; i++)
                {
                    Interlocked.Increment(ref _exchanges);
                    Thread.Sleep(pause);
                }
            }
            catch (SocketException)
            {
                return;
            }
            finally
            {
                socket.Close();
            }
        }
    }
}
