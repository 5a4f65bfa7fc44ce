using System.Net;

namespace Tcpwhy.Lab;

/// <summary>A socket that an actor holds.</summary>
public sealed record ActorSocket(Actor Actor, int Handle)
{
    /// <summary>Takes the next connection of a listener, waiting at most 10 s.</summary>
    public async Task<ActorSocket> AcceptAsync(CancellationToken ct) =>
        Actor.Socket(await AskAsync("accept", "10000", ct), "accept");

    /// <summary>Tries to take a connection that waits while every descriptor of the process is in use.</summary>
    public Task<Reply> AcceptStarvedAsync(TimeSpan time, CancellationToken ct) => AskAsync("accept-starved", $"{(int)time.TotalMilliseconds}", ct);

    /// <summary>Writes so many bytes.</summary>
    public Task<Reply> SendAsync(int bytes, CancellationToken ct) => AskAsync("send", $"{bytes}", ct);

    /// <summary>Writes these bytes.</summary>
    public Task<Reply> SayAsync(ReadOnlySpan<byte> words, CancellationToken ct) => AskAsync("say", Convert.ToHexString(words), ct);

    /// <summary>Reads what comes first and says what it is: the status of an HTTP answer as "503", "EOF", "SILENCE", else "OK"; the value is the number of bytes.</summary>
    public Task<Reply> HearAsync(TimeSpan timeout, CancellationToken ct) => AskAsync("hear", $"{(long)timeout.TotalMilliseconds}", ct);

    /// <summary>Writes so many bytes, for so long at most; "STALLED" when nothing could be written for as long as <paramref name="patience"/>.</summary>
    public Task<Reply> PourAsync(long bytes, TimeSpan time, TimeSpan patience, CancellationToken ct) =>
        AskAsync("pour", $"{bytes} {(long)time.TotalMilliseconds} {(long)patience.TotalMilliseconds}", ct);

    /// <summary>Begins to read what comes first, and holds the socket locked for so long, as a thread does whose buffer is swapped out; returns when it is locked.</summary>
    public Task<Reply> HoldAsync(TimeSpan time, CancellationToken ct) => AskAsync("hold", $"{(long)time.TotalMilliseconds}", ct);

    /// <summary>Waits until the socket is no longer held; the value is how many bytes were read.</summary>
    public Task<Reply> HeldAsync(CancellationToken ct) => AskAsync("held", "", ct);

    /// <summary>Writes so many small messages, about one a millisecond.</summary>
    public Task<Reply> ChatterAsync(int messages, int bytes, CancellationToken ct) => AskAsync("chatter", $"{messages} {bytes}", ct);

    /// <summary>The sequence number that it expects next.</summary>
    public async Task<uint> ExpectedSequenceAsync(CancellationToken ct) => (uint)(await AskAsync("expects", "", ct)).Expect("TCP_QUEUE_SEQ");

    /// <summary>Its own port.</summary>
    public async Task<int> PortAsync(CancellationToken ct) => (int)(await AskAsync("port", "", ct)).Expect("port");

    /// <summary>Sets the clock behind its TCP timestamps back by so many ticks, of 1 ms.</summary>
    public async Task RewindTimestampsAsync(int ticks, CancellationToken ct) => (await AskAsync("rewind", $"{ticks}", ct)).Expect("TCP_TIMESTAMP");

    /// <summary>Reads so many bytes; "EOF" when the peer ends first, "SILENCE" when they do not come in time.</summary>
    public Task<Reply> ReceiveAsync(int bytes, TimeSpan timeout, CancellationToken ct) =>
        AskAsync("receive", $"{bytes} {(long)timeout.TotalMilliseconds}", ct);

    /// <summary>Reads until the peer ends ("EOF").</summary>
    public Task<Reply> ReceiveToEndAsync(TimeSpan timeout, CancellationToken ct) => ReceiveAsync(int.MaxValue, timeout, ct);

    /// <summary>Sends a request and reads the reply; with <paramref name="idle"/> exactly so long after the last reply.</summary>
    public Task<Reply> ExchangeAsync(int request, int reply, TimeSpan? idle, CancellationToken ct) =>
        AskAsync("exchange", $"{request} {reply} {(long)(idle?.TotalMicroseconds ?? -1)}", ct);

    /// <summary>Answers each request on each connection of a listener, and closes a connection that is idle for so long (never, when zero).</summary>
    public Task<Reply> ServeAsync(int request, int reply, TimeSpan idle, CancellationToken ct) =>
        AskAsync("serve", $"{request} {reply} {(long)idle.TotalMilliseconds}", ct);

    /// <summary>Sends FIN and stays able to read.</summary>
    public Task<Reply> ShutdownAsync(CancellationToken ct) => AskAsync("shutdown", "", ct);

    public Task<Reply> CloseAsync(CancellationToken ct) => AskAsync("close", "", ct);

    /// <summary>Closes with SO_LINGER on and 0 s, which resets the connection.</summary>
    public Task<Reply> AbortAsync(CancellationToken ct) => AskAsync("abort", "", ct);

    /// <summary>Closes without a word to the peer (TCP_REPAIR), as a host that lost its power.</summary>
    public Task<Reply> VanishAsync(CancellationToken ct) => AskAsync("vanish", "", ct);

    /// <summary>Sets a socket option by its numbers in the kernel's headers.</summary>
    public async Task SetAsync(int level, int option, int value, CancellationToken ct) =>
        (await AskAsync("set", $"{level} {option} {value}", ct)).Expect($"set option {level}/{option}");

    /// <summary>Turns keep-alive on with so many seconds idle, so many between probes, and so many probes.</summary>
    public async Task KeepAliveAsync(int idle, int interval, int probes, CancellationToken ct)
    {
        const int solSocket = 1, soKeepAlive = 9, ipProtoTcp = 6, tcpKeepIdle = 4, tcpKeepInterval = 5, tcpKeepCount = 6;
        await SetAsync(ipProtoTcp, tcpKeepIdle, idle, ct);
        await SetAsync(ipProtoTcp, tcpKeepInterval, interval, ct);
        await SetAsync(ipProtoTcp, tcpKeepCount, probes, ct);
        await SetAsync(solSocket, soKeepAlive, 1, ct);
    }

    /// <summary>Takes segments from an address only when they are signed (TCP-MD5, RFC 2385) with a key that nobody else has.</summary>
    public async Task RequireMd5Async(IPAddress peer, CancellationToken ct)
    {
        const int ipProtoTcp = 6, tcpMd5Sig = 14, keyLengthAt = 130, keyAt = 136;
        byte[] option = new byte[216]; // struct tcp_md5sig
        byte[] address = peer.GetAddressBytes();
        bool ipv6 = address.Length == 16;
        option[0] = (byte)(ipv6 ? 10 : 2);
        address.CopyTo(option, ipv6 ? 8 : 4);
        byte[] key = "kept from the client"u8.ToArray();
        option[keyLengthAt] = (byte)key.Length;
        key.CopyTo(option, keyAt);
        (await AskAsync("setraw", $"{ipProtoTcp} {tcpMd5Sig} {Convert.ToHexString(option)}", ct)).Expect("TCP_MD5SIG");
    }

    /// <summary>Attaches a filter program that lets no segment in.</summary>
    public async Task BlindAsync(CancellationToken ct) => (await AskAsync("blind", "", ct)).Expect("SO_ATTACH_FILTER");

    /// <summary>The sequence numbers that it will send next, and expects next.</summary>
    public async Task<(uint Next, uint Expected)> NumbersAsync(CancellationToken ct)
    {
        long both = (await AskAsync("numbers", "", ct)).Expect("TCP_QUEUE_SEQ");
        return ((uint)(both >> 32), (uint)both);
    }

    /// <summary>Sets an option of a listener by its numbers in the kernel's headers.</summary>
    public async Task SetListenerAsync(int level, int option, int value, CancellationToken ct) =>
        (await AskAsync("setraw", $"{level} {option} {Convert.ToHexString(BitConverter.GetBytes(value))}", ct)).Expect($"set option {level}/{option}");

    /// <summary>The local port of a connection.</summary>
    public async Task<int> LocalPortAsync(CancellationToken ct) => (int)(await AskAsync("local-port", "", ct)).Expect("port");

    /// <summary>Takes the socket's pending error (SO_ERROR).</summary>
    public Task<Reply> ErrorAsync(CancellationToken ct) => AskAsync("error", "", ct);

    Task<Reply> AskAsync(string verb, string arguments, CancellationToken ct) =>
        Actor.AskAsync($"{verb} {Handle} {arguments}", ct);
}
