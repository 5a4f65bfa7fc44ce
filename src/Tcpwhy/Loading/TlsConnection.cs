using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Tcpwhy.Kernel;
using Tcpwhy.Kernel.InetDiag;
using Tcpwhy.Model;
using SocketOptions = Tcpwhy.Kernel.Sockets.SocketOptions;

namespace Tcpwhy.Loading;

/// <summary>One connection with TLS. Bytes are those inside TLS.</summary>
internal sealed class TlsConnection : IDisposable
{
    private const int BufferBytes = 16 * 1024;
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[BufferBytes + HttpAnswer.LongestHead];
    private SslStream? _stream;
    private long _lastTraffic = System.Diagnostics.Stopwatch.GetTimestamp();

    public TlsConnection(LoadPlan plan, long opened)
    {
        Opened = opened;
        Local = new Endpoint(plan.TargetIsV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        _socket = new Socket(plan.Target.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = plan.Settings.NoDelay };
        if (plan.Settings.KeepAlive)
            _socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        if (plan.Sources.Count > 0)
            _socket.Bind(new IPEndPoint(plan.Sources[(int)(opened % plan.Sources.Count)], 0));
    }

    /// <summary>When it began, in nanoseconds from the start of the run.</summary>
    public long Opened { get; }

    public SslStream Stream => _stream ?? throw new InvalidOperationException("not connected");
    public Endpoint Local { get; private set; }
    public bool IsConnected => _stream is not null;
    public int Requests { get; private set; }
    public long Sent { get; private set; }
    public long Received { get; private set; }
    public long CountedSent { get; set; }
    public long CountedReceived { get; set; }

    /// <summary>How long it had been idle before its last request.</summary>
    public TimeSpan IdleBefore { get; private set; }

    public HttpAnswer Answer { get; private set; }

    public async Task ConnectAsync(LoadPlan plan, CancellationToken stop)
    {
        await _socket.ConnectAsync(new IPEndPoint(plan.Target.Address, plan.Target.Port), stop);
        if (_socket.LocalEndPoint is IPEndPoint local)
            Local = new Endpoint(local.Address, local.Port);
        _stream = new SslStream(new NetworkStream(_socket, ownsSocket: false));
    }

    public async Task SendAsync(byte[] request, CancellationToken stop)
    {
        IdleBefore = System.Diagnostics.Stopwatch.GetElapsedTime(_lastTraffic);
        Answer = default;
        await Stream.WriteAsync(request, stop);
        Sent += request.Length;
    }

    /// <summary>Reads an answer; <see cref="AnswerProgress.Incomplete"/> when the peer ended it too soon.</summary>
    public async Task<AnswerProgress> ReceiveAsync(CancellationToken stop)
    {
        HttpAnswer answer = default;
        int kept = 0;
        while (true)
        {
            int received = await Stream.ReadAsync(_buffer.AsMemory(kept, Math.Min(BufferBytes, _buffer.Length - kept)), stop);
            Received += received;
            _lastTraffic = System.Diagnostics.Stopwatch.GetTimestamp();
            if (received == 0)
            {
                Answer = answer;
                Requests++;
                return answer.EndsWithConnection ? AnswerProgress.Complete : AnswerProgress.Incomplete;
            }
            AnswerProgress progress = answer.Take(_buffer.AsSpan(0, kept + received), out int used);
            if (progress is AnswerProgress.Complete or AnswerProgress.Malformed)
            {
                Answer = answer;
                Requests++;
                return progress;
            }
            int left = kept + received - used;
            _buffer.AsSpan(used, left).CopyTo(_buffer);
            kept = left;
        }
    }

    /// <summary>Whether the peer has sent anything that was or can be read: then it did speak, but no TLS that we know.</summary>
    public bool HasBytes() => Info() is { tcpi_data_segs_in: > 0 };

    public TcpInfo? Info()
    {
        try
        {
            return SocketOptions.ReadInfo(_socket.SafeHandle);
        }
        catch (Exception gone) when (gone is KernelException or ObjectDisposedException)
        {
            return null;
        }
    }

    public TcpSample? Sample() => Info() is { } info ? SocketSample.Of(info) : null;

    public void Dispose()
    {
        _stream?.Dispose();
        _socket.Dispose();
    }
}
