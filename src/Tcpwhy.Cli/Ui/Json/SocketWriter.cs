using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Tcpwhy.Sources;

namespace Tcpwhy.Cli.Ui.Json;

/// <summary>Writes sockets as they come: ndjson, or one document with a socket a line.</summary>
internal sealed class SocketWriter(Stream output, bool document)
{
    private readonly Utf8Output _output = new(output);
    private readonly SocketJson _json = new();
    private long _count;

    public void Begin(string source, DateTimeOffset time)
    {
        if (document)
            _output.Put(Encoding.UTF8.GetBytes($"{{\n\"schema\":\"tcpwhy.connections/1\",\n\"time\":\"{time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture)}\",\n\"source\":\"{source}\",\n\"connections\":["));
    }

    // Compiled at once and in full: precompiled code cannot inline the library's span methods (measured: a fifth of our time).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Write(in TcpSocket socket)
    {
        Utf8Text text = new(_output.Room(SocketJson.Longest));
        if (document)
            text.Put(_count == 0 ? "\n"u8 : ",\n"u8);
        _json.Put(ref text, socket);
        if (!document)
            text.Put((byte)'\n');
        _output.Advance(text.Length);
        _count++;
    }

    public void End(SocketsUnseen unseen)
    {
        if (document)
            _output.Put(Encoding.UTF8.GetBytes($"\n],\n\"count\":{_count},\n\"unseen\":{{\"namespaces\":{unseen.Namespaces},\"processes\":{unseen.Processes}}}\n}}\n"));
        _output.Flush();
    }
}
