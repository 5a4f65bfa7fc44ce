using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Sockets;

namespace Tcpwhy.Lab;

/// <summary>A connected socket of an actor: timed reads, and requests at an exact time after the last reply.</summary>
internal sealed class ActorConnection(Socket socket)
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    Task<int>? _held;
    long _lastReply = Stopwatch.GetTimestamp();

    public Socket Socket => socket;

    /// <summary>Whether this process speaks MPTCP.</summary>
    public static bool Multipath { get; set; }

    /// <summary>A new socket of TCP, or of MPTCP.</summary>
    public static Socket Stream(AddressFamily family) =>
        Multipath ? MptcpSocket.Open(family) : new Socket(family, SocketType.Stream, ProtocolType.Tcp);

    /// <summary>Connects without blocking, as runtimes do; null and the errno's name when it fails, "SILENCE" when it takes too long.</summary>
    public static Socket? Open(IPEndPoint to, int milliseconds, out string outcome, int from = 0)
    {
        Socket socket = Stream(to.AddressFamily);
        (socket.Blocking, socket.NoDelay) = (false, true);
        try
        {
            if (from != 0)
            {
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
                socket.Bind(new IPEndPoint(to.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, from));
            }
            socket.Connect(to);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
        }
        catch (SocketException e)
        {
            outcome = Errno.Of(e);
            socket.Close();
            return null;
        }
        // An ICMP error leaves an error without making the socket writable.
        bool writable = socket.Poll(TimeSpan.FromMilliseconds(milliseconds), SelectMode.SelectWrite);
        int error = ActorSockets.Error(socket);
        outcome = writable || error != 0 ? Errno.Name(error) : "SILENCE";
        if (outcome == "OK")
        {
            socket.Blocking = true;
            return socket;
        }
        socket.Close();
        return null;
    }

    /// <summary>Writes so many bytes, for so many milliseconds at most; "STALLED" when nothing could be written for so many milliseconds.</summary>
    public Reply Pour(long bytes, int milliseconds, int patience)
    {
        byte[] chunk = new byte[65536];
        long start = Stopwatch.GetTimestamp(), written = 0;
        while (written < bytes && Stopwatch.GetElapsedTime(start).TotalMilliseconds < milliseconds)
        {
            if (!socket.Poll(TimeSpan.FromMilliseconds(patience), SelectMode.SelectWrite))
                return new Reply("STALLED", written);
            socket.Blocking = false;
            try
            {
                written += socket.Send(chunk, (int)Math.Min(chunk.Length, bytes - written), SocketFlags.None);
            }
            catch (SocketException full) when (full.SocketErrorCode == SocketError.WouldBlock)
            {
            }
            finally
            {
                socket.Blocking = true;
            }
        }
        return new Reply("OK", written);
    }

    /// <summary>Reads so many bytes within so many milliseconds.</summary>
    public Reply Receive(int bytes, int milliseconds)
    {
        byte[] buffer = new byte[Math.Min(bytes, 65536)];
        long end = Stopwatch.GetTimestamp() + milliseconds * Stopwatch.Frequency / 1000;
        int got = 0;
        while (got < bytes)
        {
            long left = Math.Max(0, end - Stopwatch.GetTimestamp());
            if (!socket.Poll(Stopwatch.GetElapsedTime(0, left), SelectMode.SelectRead))
                return new Reply("SILENCE", got);
            int n = socket.Receive(buffer, Math.Min(buffer.Length, bytes - got), SocketFlags.None);
            if (n == 0)
                return new Reply("EOF", got);
            got += n;
        }
        _lastReply = Stopwatch.GetTimestamp();
        return new Reply("OK", got);
    }

    /// <summary>Begins to read what has arrived into memory that comes so many milliseconds late: so long the kernel holds the socket locked. Returns when it does.</summary>
    public Reply Hold(int milliseconds)
    {
        if (!socket.Poll(Patience, SelectMode.SelectRead))
            return new Reply("SILENCE");
        LateMemory memory = LateMemory.Map(65536);
        _held = Task.Factory.StartNew(() =>
        {
            using (memory)
                return memory.Receive(socket.SafeHandle);
        }, TaskCreationOptions.LongRunning);
        if (!memory.WaitForTouch(Patience))
            return new Reply("SILENCE");
        new Thread(() =>
        {
            Thread.Sleep(milliseconds);
            memory.Bring();
        }) { IsBackground = true, Name = "swapper" }.Start();
        return new Reply("OK");
    }

    /// <summary>Waits until the socket is no longer held: the value is how many bytes were read.</summary>
    public Reply Held()
    {
        int n = _held!.GetAwaiter().GetResult();
        _lastReply = Stopwatch.GetTimestamp();
        return new Reply("OK", n);
    }

    /// <summary>Writes so many small messages, about one a millisecond, each in a segment of its own where TCP_NODELAY is set.</summary>
    public Reply Chatter(int messages, int bytes)
    {
        byte[] message = new byte[bytes];
        for (int n = 0; n < messages; n++)
        {
            socket.Send(message);
            Thread.Sleep(1);
        }
        return new Reply("OK", (long)messages * bytes);
    }

    /// <summary>Reads what comes first within so many milliseconds: the status of an HTTP answer, or that there is one.</summary>
    public Reply Hear(int milliseconds)
    {
        byte[] buffer = new byte[65536];
        if (!socket.Poll(TimeSpan.FromMilliseconds(milliseconds), SelectMode.SelectRead))
            return new Reply("SILENCE");
        int n = socket.Receive(buffer);
        _lastReply = Stopwatch.GetTimestamp();
        return n == 0 ? new Reply("EOF") : n >= 12 && buffer.AsSpan().StartsWith("HTTP/1."u8) ? new Reply(System.Text.Encoding.ASCII.GetString(buffer, 9, 3), n) : new Reply("OK", n);
    }

    /// <summary>Sends a request (so many microseconds after the last reply, when not negative) and reads its reply.</summary>
    public Reply Exchange(int request, int reply, long idleMicroseconds)
    {
        if (idleMicroseconds >= 0)
            WaitUntil(_lastReply + idleMicroseconds * Stopwatch.Frequency / 1_000_000);
        socket.Send(new byte[request]);
        return Receive(reply, 10_000);
    }

    /// <summary>Reads what has arrived and closes: nothing unread, so no reset.</summary>
    public void ReadAndClose()
    {
        try
        {
            byte[] buffer = new byte[65536];
            while (socket.Poll(TimeSpan.Zero, SelectMode.SelectRead) && socket.Receive(buffer) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // It was broken already.
        }
        socket.Close();
    }

    // Sleeping alone is a millisecond or two off: the last stretch is spun.
    static void WaitUntil(long moment)
    {
        TimeSpan left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), moment);
        if (left.TotalMilliseconds > 3)
            Thread.Sleep(left - TimeSpan.FromMilliseconds(3));
        while (Stopwatch.GetTimestamp() < moment)
            Thread.SpinWait(20);
    }
}
