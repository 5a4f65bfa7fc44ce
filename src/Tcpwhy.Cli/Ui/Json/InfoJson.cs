using System.Runtime.CompilerServices;
using System.Text;
using Tcpwhy.Sources;

namespace Tcpwhy.Cli.Ui.Json;

/// <summary>The numbers of tcp_info as JSON members. Most are those of the socket before: a few numbers that have not changed are copied as text.</summary>
internal sealed class InfoJson
{
    // So few that a time or a rate, which differ from socket to socket, spoil little.
    private const int NumbersInBlock = 4;
    private readonly Block[] _blocks;

    /// <param name="socket">Any with tcp_info: the running kernel knows a number for all sockets or for none.</param>
    public InfoJson(in TcpSocket socket)
    {
        List<TcpInfoField> known = [];
        foreach (TcpInfoField field in TcpInfoField.All)
        {
            if (field.IsKnown(socket))
                known.Add(field);
        }
        _blocks = [.. known.Chunk(NumbersInBlock).Select(fields => new Block(fields))];
    }

    // Compiled at once and in full: precompiled code cannot inline the library's span methods (measured: a fifth of our time).
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Put(ref Utf8Text text, in TcpSocket socket)
    {
        ReadOnlySpan<byte> info = socket.InfoBytes;
        foreach (Block block in _blocks)
            block.Put(ref text, socket, info);
    }

    private sealed class Block
    {
        private const int LongestNumber = 20;
        private readonly TcpInfoField[] _fields;
        private readonly byte[][] _names;
        private readonly int _start;
        private readonly byte[] _bytes;
        private readonly byte[] _text;
        private int _length;

        public Block(TcpInfoField[] fields)
        {
            _fields = fields;
            _names = Array.ConvertAll(fields, field => Encoding.ASCII.GetBytes($",\"{field.Name}\":"));
            _start = fields.Min(field => field.FirstByte);
            _bytes = new byte[fields.Max(field => field.LastByte) + 1 - _start];
            _text = new byte[_names.Sum(name => name.Length + LongestNumber)];
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Put(ref Utf8Text text, in TcpSocket socket, ReadOnlySpan<byte> info)
        {
            ReadOnlySpan<byte> bytes = info.Slice(_start, _bytes.Length);
            if (_length > 0 && bytes.SequenceEqual(_bytes))
            {
                text.Put(_text.AsSpan(0, _length));
                return;
            }
            int start = text.Length;
            for (int i = 0; i < _fields.Length; i++)
            {
                text.Put(_names[i]);
                ulong value = _fields[i].Of(socket);
                if (value >= int.MaxValue && value == _fields[i].None)
                    text.Put("null"u8);
                else
                    text.Put(value);
            }
            bytes.CopyTo(_bytes);
            text.Written[start..].CopyTo(_text);
            _length = text.Length - start;
        }
    }
}
