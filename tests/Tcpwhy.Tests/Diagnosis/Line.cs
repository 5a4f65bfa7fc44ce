using System.Net;
using Tcpwhy.Model;

namespace Tcpwhy.Tests.Diagnosis;

/// <summary>One connection of a made-up host, whose ends tell their events; times are milliseconds after the start.</summary>
internal sealed class Line
{
    public static readonly DateTimeOffset Start = new(2026, 1, 31, 9, 0, 0, TimeSpan.Zero);
    public const uint ClientNetns = 101, RouterNetns = 102, ServerNetns = 103;

    public Line(int clientPort = 41022, int servicePort = 8080, string client = "10.0.1.2", ulong socket = 1, string service = "10.0.2.2")
    {
        var near = new Endpoint(IPAddress.Parse(client), clientPort);
        var far = new Endpoint(IPAddress.Parse(service), servicePort);
        Client = new LineEnd(ClientNetns, socket * 2 - 1, near, far, new ProcessInfo(11, "checkout"), Opener.Local);
        Server = new LineEnd(ServerNetns, socket * 2, far, near, new ProcessInfo(22, "orders-api"), Opener.Remote);
    }

    public LineEnd Client { get; }
    public LineEnd Server { get; }

    /// <summary>A segment towards the server, dropped on the router between.</summary>
    public Dropped Dropped(double at, string reason, TcpFlags flags) =>
        new() { Time = At(at), Netns = RouterNetns, Local = Client.Remote, Remote = Client.Local, Reason = reason, Flags = flags };

    /// <summary>The router answers the client's SYN with an ICMP error.</summary>
    public SynRejected Rejected(double at, int code = 13) =>
        new() { Time = At(at), Netns = RouterNetns, Local = Server.Local, Remote = Client.Local, Code = code };

    public static DateTimeOffset At(double milliseconds) => Start.AddMicroseconds(Math.Round(milliseconds * 1000));

    /// <summary>How a recording begins that sees all.</summary>
    public static Started Begin { get; } = new() { Time = Start, Source = "ebpf" };

    public static Listening Listening(int port, string address = "0.0.0.0", ulong socket = 900) => new()
    {
        Time = Start, Netns = ServerNetns, Socket = socket, Local = new Endpoint(IPAddress.Parse(address), port), Backlog = 128, Process = new ProcessInfo(22, "orders-api"),
    };
}
