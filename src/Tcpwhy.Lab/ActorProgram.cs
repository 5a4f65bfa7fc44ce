using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Tcpwhy.Kernel;

namespace Tcpwhy.Lab;

/// <summary>The process behind an <see cref="Actor"/>: reads commands, one a line, and answers each when it is done.</summary>
public static class ActorProgram
{
    /// <summary>Runs until standard input ends, so an actor never outlives the lab. The argument is the name to take.</summary>
    public static int Run(string[] args)
    {
        File.WriteAllText("/proc/self/comm", args[0]);
        // Ctrl-C reaches every process of the terminal; the lab itself decides when its actors end.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        using var sockets = new ActorSockets();
        Answer("0", new Reply("OK"));
        while (Console.In.ReadLine() is { } line)
        {
            string[] words = line.Split(' ');
            // A thread each: a command may block while others act. It keeps a name of its own, as a server's workers do.
            new Thread(() => Answer(words[0], Obey(sockets, words))) { IsBackground = true, Name = "worker" }.Start();
        }
        return 0;
    }

    static Reply Obey(ActorSockets sockets, string[] words)
    {
        try
        {
            return sockets.Do(words[1], words[2..]);
        }
        catch (SocketException e)
        {
            return new Reply(Errno.Of(e));
        }
        catch (KernelException e)
        {
            return new Reply(Errno.Name(e.Errno));
        }
        catch (Exception e) when (e is ArgumentException or FormatException or IndexOutOfRangeException or KeyNotFoundException or ObjectDisposedException)
        {
            return new Reply($"{words[1]}: {e.GetType().Name}");
        }
    }

    static void Answer(string id, Reply reply)
    {
        // One write for one line: lines of several threads never mix.
        lock (Console.Out)
            Console.Out.Write(string.Create(CultureInfo.InvariantCulture, $"{id} {reply}\n"));
    }
}
