using System.Runtime.CompilerServices;
using System.Text;
using Tcpwhy.Model;
using Tcpwhy.Sources;

namespace Tcpwhy.Cli.Ui.Json;

/// <summary>A socket as one line of JSON, written by hand: a host has hundreds of thousands, and a serializer would take longer than the kernel.</summary>
internal sealed class SocketJson
{
    /// <summary>No line takes more bytes: 100 numbers of up to 20 digits and their names.</summary>
    public const int Longest = 8 * 1024;

    private static readonly byte[][] States = Words(13, state => $"{{\"state\":\"{SocketWords.Of((TcpState)state)}\",\"local\":\"");
    private static readonly byte[][] Timers = Words(5, timer => $"{{\"kind\":\"{SocketWords.Of((SocketTimer)timer)}\",\"remaining_ms\":");
    private static readonly byte[][] Options = Words(256, bits => $"\",\"options\":[{string.Join(',', SocketWords.OptionsOf(bits).Select(option => $"\"{option}\""))}]");
    private static readonly byte[][] CongestionStates = Words(6, state => $",\"tcp_info\":{{\"ca_state\":\"{SocketWords.CongestionState(state)}");
    private static readonly byte[][] Shutdowns = [.. new[] { "null", "\"receive\"", "\"send\"", "\"both\"" }.Select(Encoding.ASCII.GetBytes)];

    private readonly OwnerJson _owners = new();
    private InfoJson? _info;

    // Compiled at once and in full: precompiled code cannot inline the library's span methods (measured: a fifth of our time).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Put(ref Utf8Text text, in TcpSocket socket)
    {
        PutEnds(ref text, socket);
        PutQueues(ref text, socket);
        if (socket.HasInfo)
        {
            PutMemory(ref text, socket);
            PutInfo(ref text, socket);
        }
        else
        {
            text.Put(",\"congestion_control\":null,\"memory\":null,\"tcp_info\":null"u8);
        }
        text.Put((byte)'}');
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PutEnds(ref Utf8Text text, in TcpSocket socket)
    {
        text.Put(States[(int)socket.State < States.Length ? (int)socket.State : 0]);
        Utf8Address.Put(ref text, socket.LocalBytes, socket.LocalPort);
        if (socket.IsListener)
        {
            text.Put("\",\"peer\":null,"u8);
        }
        else
        {
            text.Put("\",\"peer\":\""u8);
            Utf8Address.Put(ref text, socket.RemoteBytes, socket.RemotePort);
            text.Put("\","u8);
        }
        text.Put(socket.Owner is { } owner ? _owners.Of(owner) : OwnerJson.Nobody);
        text.Put(",\"fd\":"u8);
        if (socket.Owner is null)
            text.Put("null"u8);
        else
            text.Put((ulong)socket.Descriptor);
        PutNumber(ref text, ",\"netns\":"u8, socket.Netns);
        PutNumber(ref text, ",\"uid\":"u8, socket.Uid);
        PutNumber(ref text, ",\"inode\":"u8, socket.Inode);
        PutNumber(ref text, ",\"cookie\":"u8, socket.Cookie);
        PutNumber(ref text, ",\"interface_index\":"u8, socket.Interface);
        PutNumber(ref text, ",\"mark\":"u8, socket.Mark);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PutQueues(ref Utf8Text text, in TcpSocket socket)
    {
        PutNumber(ref text, ",\"recv_queue\":"u8, socket.ReceiveQueue);
        PutNumber(ref text, ",\"send_queue\":"u8, socket.SendQueue);
        if (socket.IsListener)
        {
            PutNumber(ref text, ",\"accept_queue\":{\"waiting\":"u8, socket.ReceiveQueue);
            PutNumber(ref text, ",\"backlog\":"u8, socket.SendQueue);
            text.Put((byte)'}');
        }
        else
        {
            text.Put(",\"accept_queue\":null"u8);
        }
        text.Put(",\"timer\":"u8);
        if (socket.Timer == SocketTimer.None || (int)socket.Timer >= Timers.Length)
        {
            text.Put("null"u8);
        }
        else
        {
            PutNumber(ref text, Timers[(int)socket.Timer], socket.TimerMilliseconds);
            PutNumber(ref text, ",\"retries\":"u8, (ulong)socket.TimerRetries);
            text.Put((byte)'}');
        }
        text.Put(socket.KeepAlive ? ",\"keepalive\":true,\"shutdown\":"u8 : ",\"keepalive\":false,\"shutdown\":"u8);
        text.Put(Shutdowns[(socket.ReceiveShutDown ? 1 : 0) + (socket.SendShutDown ? 2 : 0)]);
        text.Put(socket.V6Only ? ",\"v6only\":true"u8 : ",\"v6only\":false"u8);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PutMemory(ref Utf8Text text, in TcpSocket socket)
    {
        SocketMemory memory = socket.Memory;
        text.Put(",\"congestion_control\":\""u8);
        text.Put(socket.CongestionControl);
        PutNumber(ref text, "\",\"memory\":{\"receive_bytes\":"u8, memory.ReceiveBytes);
        PutNumber(ref text, ",\"receive_buffer_bytes\":"u8, memory.ReceiveBufferBytes);
        PutNumber(ref text, ",\"transmit_bytes\":"u8, memory.TransmitBytes);
        PutNumber(ref text, ",\"send_buffer_bytes\":"u8, memory.SendBufferBytes);
        text.Put(",\"forward_bytes\":"u8);
        if (memory.ForwardBytes < 0)
            text.Put((byte)'-');
        text.Put((ulong)Math.Abs((long)memory.ForwardBytes));
        PutNumber(ref text, ",\"send_queue_bytes\":"u8, memory.SendQueueBytes);
        PutNumber(ref text, ",\"option_bytes\":"u8, memory.OptionBytes);
        PutNumber(ref text, ",\"backlog_bytes\":"u8, memory.BacklogBytes);
        PutNumber(ref text, ",\"dropped_packets\":"u8, memory.Drops);
        text.Put((byte)'}');
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PutInfo(ref Utf8Text text, in TcpSocket socket)
    {
        text.Put(CongestionStates[Math.Min(socket.CongestionState, CongestionStates.Length - 1)]);
        text.Put(Options[socket.Options & 0xff]);
        text.Put(socket.RateAppLimited ? ",\"delivery_rate_app_limited\":true"u8 : ",\"delivery_rate_app_limited\":false"u8);
        (_info ??= new InfoJson(socket)).Put(ref text, socket);
        text.Put((byte)'}');
    }

    private static void PutNumber(ref Utf8Text text, scoped ReadOnlySpan<byte> name, ulong number)
    {
        text.Put(name);
        text.Put(number);
    }

    private static byte[][] Words(int count, Func<int, string> word) => [.. Enumerable.Range(0, count).Select(i => Encoding.ASCII.GetBytes(word(i)))];
}
