using Tcpwhy.Cli.Ui.Json;
using Tcpwhy.Sources;

namespace Tcpwhy.Cli.Ui;

/// <summary>A column of the table of sockets.</summary>
/// <param name="Title">An English phrase, translated when shown.</param>
/// <param name="Cell">What it says of a socket.</param>
/// <param name="Least">It may be narrowed as far as this; 0: never.</param>
/// <param name="IsNumber">Set flush right.</param>
/// <param name="From">Shown from this width on.</param>
internal sealed record SocketColumn(string Title, SocketColumn.Say Cell, int Least = 0, bool IsNumber = false, int From = 0)
{
    private static readonly SocketColumn[] All =
    [
        new("state", static (in socket) => SocketWords.Of(socket.State).Replace('_', '-')),
        new("recv-q", static (in socket) => socket.ReceiveQueue.ToString(), IsNumber: true),
        new("send-q", static (in socket) => socket.SendQueue.ToString(), IsNumber: true),
        new("local", static (in socket) => Utf8Address.Text(socket.LocalBytes, socket.LocalPort), Least: 12),
        new("peer", static (in socket) => socket.IsListener ? "*" : Utf8Address.Text(socket.RemoteBytes, socket.RemotePort), Least: 12),
        new("process", static (in socket) => socket.Owner is { } owner ? $"{owner.Comm} {owner.Pid}" : "", Least: 10),
        new("rtt", static (in socket) => socket.Rtt == default ? "" : Measure.Of(socket.Rtt), IsNumber: true, From: 100),
        new("retrans", static (in socket) => socket.HasInfo && !socket.IsListener ? socket.RetransmitsTotal.ToString() : "", IsNumber: true, From: 100),
        new("timer", static (in socket) => socket.Timer == SocketTimer.None ? "" : $"{SocketWords.Of(socket.Timer).Replace('_', '-')} {Measure.Of(TimeSpan.FromMilliseconds(socket.TimerMilliseconds))}", From: 120),
        new("container", static (in socket) => socket.Owner?.Container ?? "", From: 140),
        new("netns", static (in socket) => socket.Netns.ToString(), IsNumber: true, From: 160),
    ];

    /// <summary>Says something of a socket.</summary>
    public delegate string Say(in TcpSocket socket);

    /// <summary>The columns that a screen of this width shows.</summary>
    public static SocketColumn[] For(int width) => Array.FindAll(All, column => width >= column.From);
}
