using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Sockets;
using Tcpwhy.Model;

namespace Tcpwhy.Probing;

/// <summary>What is asked of a connection's socket before it connects; null and false leave the kernel's default.</summary>
public sealed record SocketSettings
{
    private const int SOL_SOCKET = 1;
    private const int SO_REUSEADDR = 2;
    private const int SO_BINDTODEVICE = 25;
    private const int IPPROTO_IP = 0;
    private const int IP_BIND_ADDRESS_NO_PORT = 24;
    private const int IPPROTO_TCP = 6;
    private const int TCP_MAXSEG = 2;
    private const int TCP_USER_TIMEOUT = 18;

    public bool ReuseAddress { get; init; }
    public bool NoDelay { get; init; }
    public bool KeepAlive { get; init; }

    /// <summary>Whole seconds without traffic before the first probe.</summary>
    public TimeSpan KeepAliveIdle { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whole seconds between probes.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(5);
    public int KeepAliveProbes { get; init; } = 3;

    /// <summary>How long sent data may stay unacknowledged.</summary>
    public TimeSpan? UserTimeout { get; init; }
    public IPAddress? Source { get; init; }
    public string? Interface { get; init; }

    /// <summary>The largest segment to send and to be sent, TCP header options included, or null.</summary>
    public int? MaxSegmentBytes { get; init; }

    /// <summary>A socket of the family with these settings.</summary>
    /// <exception cref="ToolException">The kernel refuses one of them: the sentence names it.</exception>
    public Socket Open(AddressFamily family)
    {
        var socket = new Socket(family, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            Apply(socket);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void Apply(Socket socket)
    {
        // .NET's own ReuseAddress sets SO_REUSEPORT as well.
        if (ReuseAddress)
            Set(socket, "SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR, 1);
        if (NoDelay)
            socket.NoDelay = true;
        if (KeepAlive)
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, (int)KeepAliveIdle.TotalSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, (int)KeepAliveInterval.TotalSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveProbes);
        }
        if (UserTimeout is { } patience)
            Set(socket, "TCP_USER_TIMEOUT", IPPROTO_TCP, TCP_USER_TIMEOUT, (int)patience.TotalMilliseconds);
        if (MaxSegmentBytes is { } segment)
            Set(socket, "TCP_MAXSEG", IPPROTO_TCP, TCP_MAXSEG, segment);
        if (Interface is { } device)
            Bind(socket, device);
        if (Source is { } source)
            Bind(socket, source);
    }

    private static void Bind(Socket socket, string device)
    {
        string[] known = [.. NetworkInterface.GetAllNetworkInterfaces().Select(one => one.Name)];
        if (!known.Contains(device))
            throw new ToolException($"--interface {device}: this host has {string.Join(", ", known)}", ExitCode.Usage);
        try
        {
            socket.SetRawSocketOption(SOL_SOCKET, SO_BINDTODEVICE, Encoding.UTF8.GetBytes(device + '\0'));
        }
        catch (SocketException refused)
        {
            throw Denied($"--interface {device}", refused.NativeErrorCode);
        }
    }

    private static void Bind(Socket socket, IPAddress source)
    {
        try
        {
            // So that the kernel chooses a port for the pair of addresses, and one port can serve many targets.
            Set(socket, "IP_BIND_ADDRESS_NO_PORT", IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
            socket.Bind(new IPEndPoint(source, 0));
        }
        catch (SocketException refused) when (refused.NativeErrorCode == Errno.EADDRNOTAVAIL)
        {
            throw new ToolException($"--source {source}: this host has no such address", ExitCode.Usage);
        }
        catch (SocketException refused)
        {
            throw Denied($"--source {source}", refused.NativeErrorCode);
        }
    }

    private static void Set(Socket socket, string name, int level, int option, int value)
    {
        try
        {
            SocketOptions.Set(socket.SafeHandle, level, option, value);
        }
        catch (KernelException refused)
        {
            throw Denied($"{name} {value}", refused.Errno);
        }
    }

    private static ToolException Denied(string what, int errno) => new(
        $"{what}: {Errno.Text(errno)} ({Errno.Name(errno)})",
        errno is Errno.EPERM or Errno.EACCES ? ExitCode.PrivilegeMissing : ExitCode.Usage);
}
