using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tcpwhy.Kernel;
using Tcpwhy.Model;

namespace Tcpwhy.Lab;

/// <summary>The sockets of one actor by handle, and what each verb does to them.</summary>
internal sealed class ActorSockets : IDisposable
{
    const int SolSocket = 1, SoError = 4, SoLinger = 13, IpProtoTcp = 6, TcpRepair = 19;

    readonly ConcurrentDictionary<int, ActorConnection> _connections = new();
    readonly ConcurrentDictionary<int, Socket> _listeners = new();
    readonly ConcurrentBag<ActorServer> _servers = [];
    ActorLoad? _load;
    int _handles;

    public Reply Do(string verb, string[] words)
    {
        switch (verb)
        {
            case "listen": return Listen(IPAddress.Parse(words[0]), Int(words[1]), Int(words[2]), bool.Parse(words[3]));
            case "connect": return Connect(IPAddress.Parse(words[0]), Int(words[1]), Int(words[2]), words.Length > 3 ? Int(words[3]) : 0);
            case "load": return Load(IPAddress.Parse(words[0]), Int(words[1]), Int(words[2]), Int(words[3]), Int(words[4]), Int(words[5]));
            case "multipath":
                ActorConnection.Multipath = true;
                return new Reply("OK");
            case "exit": Environment.Exit(Int(words[0])); break;
            case "forge": return Forge(words);
            case "call-early": return CallEarly(IPAddress.Parse(words[0]), Int(words[1]), Int(words[2]), Int(words[3]));
            case "forge-reset":
                ForgedReset.Send(new Endpoint(IPAddress.Parse(words[0]), Int(words[1])), new Endpoint(IPAddress.Parse(words[2]), Int(words[3])), uint.Parse(words[4], CultureInfo.InvariantCulture));
                return new Reply("OK");
            case "offload-off":
                NetworkDevice.ComputeChecksums(words[0]);
                return new Reply("OK");
            case "delay":
                DelayLine.Start(words[0], TimeSpan.FromMilliseconds(Int(words[1])));
                return new Reply("OK");
            case "unload": return new Reply("OK", _load!.Stop());
        }
        int handle = Int(words[0]);
        if (_listeners.TryGetValue(handle, out Socket? listener))
            return Do(listener, handle, verb, words);
        ActorConnection connection = _connections[handle];
        Socket socket = connection.Socket;
        switch (verb)
        {
            case "send": return new Reply("OK", socket.Send(new byte[Int(words[1])]));
            case "say": return new Reply("OK", socket.Send(Convert.FromHexString(words[1])));
            case "hear": return connection.Hear(Int(words[1]));
            case "pour": return connection.Pour(long.Parse(words[1], CultureInfo.InvariantCulture), Int(words[2]), Int(words[3]));
            case "hold": return connection.Hold(Int(words[1]));
            case "held": return connection.Held();
            case "chatter": return connection.Chatter(Int(words[1]), Int(words[2]));
            case "expects": return new Reply("OK", Repair.ExpectedSequence(socket));
            case "rewind": Repair.Rewind(socket, (uint)Int(words[1])); break;
            case "port": return new Reply("OK", ((IPEndPoint)socket.LocalEndPoint!).Port);
            case "receive": return connection.Receive(Int(words[1]), Int(words[2]));
            case "exchange": return connection.Exchange(Int(words[1]), Int(words[2]), long.Parse(words[3], CultureInfo.InvariantCulture));
            case "set": socket.SetRawSocketOption(Int(words[1]), Int(words[2]), BitConverter.GetBytes(Int(words[3]))); break;
            case "local-port": return new Reply("OK", ((IPEndPoint)socket.LocalEndPoint!).Port);
            case "numbers": return new Reply("OK", Numbers(socket));
            case "error": return new Reply(Errno.Name(Error(socket)));
            case "shutdown": socket.Shutdown(SocketShutdown.Send); break;
            case "close": Close(handle); break;
            case "abort":
                // struct linger { int on = 1, seconds = 0; }
                socket.SetRawSocketOption(SolSocket, SoLinger, [1, 0, 0, 0, 0, 0, 0, 0]);
                Close(handle);
                break;
            case "vanish":
                socket.SetRawSocketOption(IpProtoTcp, TcpRepair, BitConverter.GetBytes(1));
                Close(handle);
                break;
            default: throw new ArgumentException(verb);
        }
        return new Reply("OK");
    }

    Reply Do(Socket listener, int handle, string verb, string[] words)
    {
        switch (verb)
        {
            case "accept":
                return listener.Poll(TimeSpan.FromMilliseconds(Int(words[1])), SelectMode.SelectRead)
                    ? Keep(listener.Accept())
                    : new Reply("SILENCE");
            case "serve":
                _servers.Add(ActorServer.Start(listener, Int(words[1]), Int(words[2]), Int(words[3])));
                return new Reply("OK");
            case "close":
                _listeners.TryRemove(handle, out _);
                listener.Close();
                return new Reply("OK");
            case "accept-starved":
                return AcceptStarved(listener, Int(words[1]));
            case "setraw":
                listener.SetRawSocketOption(Int(words[1]), Int(words[2]), Convert.FromHexString(words[3]));
                return new Reply("OK");
            case "blind":
                Blind(listener);
                return new Reply("OK");
            default: throw new ArgumentException(verb);
        }
    }

    Reply Listen(IPAddress address, int port, int backlog, bool v6Only)
    {
        Socket socket = ActorConnection.Stream(address.AddressFamily);
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
            socket.DualMode = !v6Only;
        socket.Bind(new IPEndPoint(address, port));
        socket.Listen(backlog);
        int handle = Interlocked.Increment(ref _handles);
        _listeners[handle] = socket;
        return new Reply("OK", handle);
    }

    Reply Connect(IPAddress address, int port, int milliseconds, int from)
    {
        var socket = ActorConnection.Open(new IPEndPoint(address, port), milliseconds, out string outcome, from);
        return socket is null ? new Reply(outcome) : Keep(socket);
    }

    Reply Load(IPAddress address, int port, int connections, int request, int reply, int pause)
    {
        _load = ActorLoad.Start(new IPEndPoint(address, port), connections, request, reply, pause);
        return new Reply("OK");
    }

    static Reply Forge(string[] words)
    {
        Model.Endpoint source = new(IPAddress.Parse(words[0]), Int(words[1])), target = new(IPAddress.Parse(words[2]), Int(words[3]));
        new ForgedSegment(source, target, (Model.TcpFlags)Int(words[4]), Unsigned(words[5]), Unsigned(words[6]), Int(words[7])).Send();
        return new Reply("OK");
    }

    /// <summary>Sends the request with the SYN (TCP_FASTOPEN_CONNECT), and reads the reply.</summary>
    Reply CallEarly(IPAddress address, int port, int request, int reply)
    {
        const int tcpFastOpenConnect = 30;
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.SetRawSocketOption(IpProtoTcp, tcpFastOpenConnect, BitConverter.GetBytes(1));
        socket.Connect(new IPEndPoint(address, port));
        var connection = new ActorConnection(socket);
        _connections[Interlocked.Increment(ref _handles)] = connection;
        return connection.Exchange(request, reply, -1);
    }

    /// <summary>What the socket will send next in the high half, and what it expects next in the low (TCP_QUEUE_SEQ).</summary>
    static long Numbers(Socket socket)
    {
        const int tcpRepairQueue = 20, tcpQueueSeq = 21;
        socket.SetRawSocketOption(IpProtoTcp, TcpRepair, BitConverter.GetBytes(1));
        Span<byte> number = stackalloc byte[4];
        socket.SetRawSocketOption(IpProtoTcp, tcpRepairQueue, BitConverter.GetBytes(2));
        socket.GetRawSocketOption(IpProtoTcp, tcpQueueSeq, number);
        long next = BitConverter.ToUInt32(number);
        socket.SetRawSocketOption(IpProtoTcp, tcpRepairQueue, BitConverter.GetBytes(1));
        socket.GetRawSocketOption(IpProtoTcp, tcpQueueSeq, number);
        // Left without a probe: nothing is sent.
        socket.SetRawSocketOption(IpProtoTcp, tcpRepairQueue, BitConverter.GetBytes(0));
        socket.SetRawSocketOption(IpProtoTcp, TcpRepair, BitConverter.GetBytes(-1));
        return next << 32 | BitConverter.ToUInt32(number);
    }

    /// <summary>Opens descriptors until there is none left, tries to accept for so many milliseconds, and gives them back: the runtime needs some for its threads.</summary>
    static Reply AcceptStarved(Socket listener, int milliseconds)
    {
        // Once with descriptors at hand: what the runtime loads for an accept that fails, it loads now.
        using (var spare = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false })
        {
            spare.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            spare.Listen();
            try
            {
                spare.Accept();
            }
            catch (SocketException e)
            {
                Errno.Of(e);
            }
        }
        List<SafeFileHandle> files = [];
        try
        {
            while (true)
                files.Add(File.OpenHandle("/dev/null"));
        }
        catch (IOException)
        {
            for (int tries = 0; ; tries++)
            {
                try
                {
                    using Socket accepted = listener.Accept();
                    return new Reply("OK");
                }
                catch (SocketException) when (tries < milliseconds / 50)
                {
                    Thread.Sleep(50);
                }
            }
        }
        finally
        {
            files.ForEach(file => file.Dispose());
        }
    }

    Reply Keep(Socket socket)
    {
        int handle = Interlocked.Increment(ref _handles);
        _connections[handle] = new ActorConnection(socket);
        return new Reply("OK", handle);
    }

    void Close(int handle)
    {
        if (_connections.TryRemove(handle, out ActorConnection? connection))
            connection.Socket.Close();
    }

    static void Blind(Socket socket)
    {
        const int soAttachFilter = 26;
        nint program = Marshal.AllocHGlobal(8);
        try
        {
            Marshal.WriteInt64(program, 0x06); // one instruction: BPF_RET | BPF_K, 0 bytes
            byte[] option = new byte[16]; // struct sock_fprog: the number of instructions, and where they are
            option[0] = 1;
            BitConverter.TryWriteBytes(option.AsSpan(8), program);
            socket.SetRawSocketOption(SolSocket, soAttachFilter, option);
        }
        finally
        {
            Marshal.FreeHGlobal(program);
        }
    }

    // The raw number: .NET's own SO_ERROR folds several errnos into one.
    internal static int Error(Socket socket)
    {
        Span<byte> error = stackalloc byte[4];
        socket.GetRawSocketOption(SolSocket, SoError, error);
        return BitConverter.ToInt32(error);
    }

    static uint Unsigned(string word) => uint.Parse(word, CultureInfo.InvariantCulture);

    static int Int(string word) => int.Parse(word, CultureInfo.InvariantCulture);

    /// <summary>Closes everything without a reset: what has arrived is read first, what waits in a listener's queue is accepted.</summary>
    public void Dispose()
    {
        _load?.Stop();
        foreach (ActorServer server in _servers)
            server.Stop();
        foreach (Socket listener in _listeners.Values)
        {
            while (listener.Poll(TimeSpan.Zero, SelectMode.SelectRead))
                Keep(listener.Accept());
            listener.Close();
        }
        foreach (ActorConnection connection in _connections.Values)
            connection.ReadAndClose();
    }
}
