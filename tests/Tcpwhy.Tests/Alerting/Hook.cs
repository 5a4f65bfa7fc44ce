using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Tcpwhy.Tests.Probing;

namespace Tcpwhy.Tests.Alerting;

/// <summary>A webhook on loopback: keeps what it is sent, and answers, or does not, as the test says.</summary>
internal sealed class Hook : IAsyncDisposable
{
    public const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

    private readonly Peer _peer;
    private readonly List<(string Head, string Body)> _requests = [];

    /// <param name="manners">What to do with a request that was read, the first being 0.</param>
    public Hook(Func<int, Socket, CancellationToken, Task> manners) => _peer = new Peer(async (socket, stop) =>
    {
        if (await ReadAsync(socket, stop) is not { } request)
            return;
        int number;
        lock (_requests)
        {
            number = _requests.Count;
            _requests.Add(request);
        }
        await manners(number, socket, stop);
    });

    public Hook(string answer)
        : this((_, socket, stop) => SayAsync(socket, answer, stop))
    {
    }

    public Uri Address => new($"http://127.0.0.1:{_peer.Port}/services/T0/SECRET");

    public IReadOnlyList<(string Head, string Body)> Requests
    {
        get
        {
            lock (_requests)
                return [.. _requests];
        }
    }

    public JsonElement Document(int number) => JsonDocument.Parse(Requests[number].Body).RootElement;

    public static async Task SayAsync(Socket socket, string text, CancellationToken stop) => await socket.SendAsync(Encoding.UTF8.GetBytes(text), stop);

    public ValueTask DisposeAsync() => _peer.DisposeAsync();

    private static async Task<(string, string)?> ReadAsync(Socket socket, CancellationToken stop)
    {
        List<byte> all = [];
        byte[] some = new byte[16 * 1024];
        while (true)
        {
            int read = await socket.ReceiveAsync(some, stop);
            if (read == 0)
                return null;
            all.AddRange(some.AsSpan(0, read));
            string text = Encoding.Latin1.GetString([.. all]);
            int end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end < 0)
                continue;
            int at = text.IndexOf("Content-Length: ", StringComparison.Ordinal);
            int length = int.Parse(text[(at + 16)..text.IndexOf('\r', at)]);
            if (all.Count >= end + 4 + length)
                return (text[..end], Encoding.UTF8.GetString([.. all[(end + 4)..]]));
        }
    }
}
