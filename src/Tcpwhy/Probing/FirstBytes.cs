using System.Net.Sockets;
using System.Text;

namespace Tcpwhy.Probing;

/// <summary>A connection's stream that keeps the first and the last bytes that came, to say what a peer spoke when a handshake of TLS fails.</summary>
internal sealed class FirstBytes(Socket socket) : NetworkStream(socket, ownsSocket: false)
{
    private const int Kept = 40;
    private const byte FirstContentType = 20;
    private const byte LastContentType = 23;
    private readonly byte[] _first = new byte[Kept];
    private readonly byte[] _last = new byte[TlsAlert.RecordBytes];
    private int _length;

    public long Received { get; private set; }

    /// <summary>Whether what came begins as a record of TLS does.</summary>
    public bool IsTls => _length >= 2 && _first[0] is >= FirstContentType and <= LastContentType && _first[1] == 3;

    /// <summary>The number of the alert with which the peer ended, or null. Of one inside the encryption only the library knows.</summary>
    public int? Alert => Received >= _last.Length ? TlsAlert.NumberOf(_last) : null;

    /// <summary>The first bytes that came, each that cannot be printed as a dot.</summary>
    public string Text => Printable(_first.AsSpan(0, _length));

    public static string Printable(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(Kept);
        foreach (byte b in bytes[..Math.Min(bytes.Length, Kept)])
            text.Append(b is >= 0x20 and < 0x7F ? (char)b : '.');
        return text.ToString();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await base.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        Keep(buffer.Span[..read]);
        return read;
    }

    private void Keep(ReadOnlySpan<byte> came)
    {
        Received += came.Length;
        ReadOnlySpan<byte> more = came[..Math.Min(came.Length, Kept - _length)];
        more.CopyTo(_first.AsSpan(_length));
        _length += more.Length;
        ReadOnlySpan<byte> tail = came[Math.Max(0, came.Length - _last.Length)..];
        _last.AsSpan(tail.Length).CopyTo(_last);
        tail.CopyTo(_last.AsSpan(_last.Length - tail.Length));
    }
}
