using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Tcpwhy.Model;

namespace Tcpwhy.Probing;

/// <summary>A connection on which full segments were sent, to see whether they arrive: what the peer makes of them does not matter, only that its kernel acknowledges them.</summary>
/// <param name="Before">The socket when it was connected; null when it never was.</param>
/// <param name="After">The socket at the end.</param>
/// <param name="Arrived">Whether a full segment of the size at the beginning was acknowledged.</param>
/// <param name="Vanished">Whether nothing was, in spite of being sent again.</param>
/// <param name="TestedBytes">The largest packet that can have been on the way.</param>
/// <param name="Local">Our own address; null when it never was connected.</param>
internal sealed record FullSegments(SocketReading? Before, SocketReading? After, bool Arrived, bool Vanished, int TestedBytes, IPAddress? Local)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);
    private const long EnoughRetransmits = 2;

    // Two of any Ethernet's segments; a server that is sent more at once may call it an attack.
    private const int MostBytes = 20_000;

    // The longest name that ALPN can carry.
    private const int LongestProtocol = 255;

    public static async Task<FullSegments> SendAsync(ProbePlan plan, Endpoint remote, TimeSpan patience, CancellationToken stop)
    {
        using Socket socket = plan.Socket.Open(remote.Address.AddressFamily);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stop);
        waiting.CancelAfter(plan.ConnectTimeout);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(remote.Address, remote.Port), waiting.Token).ConfigureAwait(false);
        }
        catch (Exception failed) when (failed is SocketException || (failed is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return new FullSegments(null, null, false, false, 0, null);
        }
        SocketReading before = SocketReading.Of(socket);
        IPAddress? local = (socket.LocalEndPoint as IPEndPoint)?.Address;
        int payload = Math.Min(MostBytes, 2 * before.SendMssBytes);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task sending = FillAsync(socket, plan, payload, ending.Token);
        (SocketReading after, bool arrived, bool vanished) = await WatchAsync(socket, before, patience, stop).ConfigureAwait(false);
        // What cannot arrive would be sent again for a quarter of an hour after the socket was closed.
        if (vanished)
            socket.LingerState = new LingerOption(true, 0);
        await ending.CancelAsync().ConfigureAwait(false);
        await sending.ConfigureAwait(false);
        return new FullSegments(before, after, arrived, vanished, payload + 100, local);
    }

    private static async Task<(SocketReading After, bool Arrived, bool Vanished)> WatchAsync(Socket socket, SocketReading before, TimeSpan patience, CancellationToken stop)
    {
        int full = Math.Min(before.SendMssBytes, MostBytes);
        TimeSpan enough = patience + (8 * before.Rtt);
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            SocketReading now = SocketReading.Of(socket);
            bool sent = now.BytesSent >= full;
            // A router that told its MTU has made the segments smaller; without one, the kernel's own probing has (tcp_mtu_probing).
            bool shrunk = now.SendMssBytes < before.SendMssBytes && now.PathMtuBytes == before.PathMtuBytes;
            if (sent && now.BytesAcked > full)
                return (now, !shrunk, shrunk);
            TimeSpan elapsed = Stopwatch.GetElapsedTime(began);
            if (now.State != TcpState.Established && now.State != TcpState.CloseWait)
                return (now, false, false);
            if (elapsed >= enough && (now.Retransmits >= EnoughRetransmits || elapsed >= 4 * enough))
                return (now, false, now.Retransmits >= EnoughRetransmits);
            await Task.Delay(Look, stop).ConfigureAwait(false);
        }
    }

    private static async Task FillAsync(Socket socket, ProbePlan plan, int bytes, CancellationToken ending)
    {
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: false);
            if (plan.Tls)
                await GreetAsync(stream, plan.Target.Host, bytes, ending).ConfigureAwait(false);
            else if (plan.HttpPath is { } path)
                await stream.WriteAsync(HttpAnswer.Request(plan.Target, path, tls: false, padding: bytes), ending).ConfigureAwait(false);
            else
                // Empty lines: what protocols of lines pass over.
                await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("\r\n", (bytes + 1) / 2))), ending).ConfigureAwait(false);
            // What the server answers is read, so that closing sends no reset.
            byte[] buffer = new byte[4096];
            while (await stream.ReadAsync(buffer, ending).ConfigureAwait(false) > 0)
            {
            }
        }
        catch (Exception end) when (end is OperationCanceledException or IOException or SocketException or AuthenticationException or ObjectDisposedException)
        {
            // How the peer takes it does not matter.
        }
    }

    // A ClientHello is as long as the list of protocols that it offers.
    private static async Task GreetAsync(Stream stream, string host, int bytes, CancellationToken ending)
    {
        List<SslApplicationProtocol> offered = [SslApplicationProtocol.Http11];
        for (int length = 0, i = 0; length < bytes; length += LongestProtocol + 1, i++)
            offered.Add(new SslApplicationProtocol($"tcpwhy-padding-{i}-".PadRight(LongestProtocol, 'x')));
        await using var secure = new SslStream(stream, leaveInnerStreamOpen: true);
        await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = host,
            ApplicationProtocols = offered,
#pragma warning disable CA5359 // Nothing is said on this connection.
            RemoteCertificateValidationCallback = static (_, _, _, _) => true,
#pragma warning restore CA5359
        }, ending).ConfigureAwait(false);
    }
}
