using System.Buffers.Binary;
using System.Text;

namespace Tcpwhy.Pools.Runtimes.DotNet;

/// <summary>Takes one event of a trace.</summary>
/// <param name="provider">Who wrote it, as System.Diagnostics.Metrics.</param>
/// <param name="payload">Its fields, one behind the other.</param>
internal delegate void TracedEvent(string provider, string name, ReadOnlySpan<byte> payload);

/// <summary>Reads the events that a .NET process writes to its diagnostics port, format Nettrace 4 (dotnet/runtime, NetTraceFormat.md).</summary>
internal sealed class NettraceReader(Stream stream)
{
    private const byte NullReference = 1, BeginObject = 5, EndObject = 6;
    private const int TraceHeader = 48;
    private const int LargestBlock = 16 << 20;
    private const int MostKinds = 10_000;
    private const int LongestName = 64;

    private readonly Dictionary<uint, (string Provider, string Name)> _kinds = [];
    private long _position;

    /// <summary>Reads to the end of the trace.</summary>
    /// <exception cref="InvalidDataException">It is malformed: names the field.</exception>
    /// <exception cref="EndOfStreamException">It breaks off.</exception>
    public void Run(TracedEvent sink)
    {
        Expect("Nettrace"u8, "magic");
        Expect([20, 0, 0, 0], "length of the format's name");
        Expect("!FastSerialization.1"u8, "format");
        while (Byte() is var tag && tag != NullReference)
        {
            if (tag != BeginObject)
                throw new InvalidDataException($"tag {tag} where an object begins");
            string name = ObjectName();
            if (name == "Trace")
                Take(TraceHeader);
            else
                Block(name, sink);
            Expect([EndObject], "end of an object");
        }
    }

    private string ObjectName()
    {
        Expect([BeginObject, NullReference], "type of an object");
        Take(8); // its version, and the oldest reader's
        int length = Int32();
        if (length is < 1 or > LongestName)
            throw new InvalidDataException($"length {length} of a type's name");
        string name = Encoding.ASCII.GetString(Take(length));
        Expect([EndObject], "end of a type");
        return name;
    }

    private void Block(string name, TracedEvent sink)
    {
        int size = Int32();
        if (size is < 0 or > LargestBlock)
            throw new InvalidDataException($"size {size} of a {name}");
        Take((int)(-_position & 3));
        byte[] block = Take(size);
        if (name is "EventBlock" or "MetadataBlock")
            Events(block, name == "MetadataBlock", sink);
    }

    private void Events(ReadOnlySpan<byte> block, bool describes, TracedEvent sink)
    {
        if (block.Length < 4 || BinaryPrimitives.ReadInt16LittleEndian(block) is var header && (header < 4 || header > block.Length))
            throw new InvalidDataException("header of a block of events");
        if ((block[2] & 1) == 0)
            throw new InvalidDataException("a block of events without compressed headers");
        var rest = new PayloadReader(block[BinaryPrimitives.ReadInt16LittleEndian(block)..]);
        uint kind = 0, size = 0;
        while (!rest.IsEmpty)
        {
            byte flags = rest.Byte();
            if ((flags & 1) != 0)
                kind = rest.VarUInt32();
            if ((flags & 2) != 0)
                rest.VarUInts(3); // sequence number, thread that wrote it, processor
            if ((flags & 4) != 0)
                rest.VarUInts(1); // thread
            if ((flags & 8) != 0)
                rest.VarUInts(1); // stack
            rest.VarUInts(1); // time
            if ((flags & 16) != 0)
                rest.Take(16); // activity
            if ((flags & 32) != 0)
                rest.Take(16); // related activity
            if ((flags & 128) != 0)
                size = rest.VarUInt32();
            if (size > LargestBlock)
                throw new InvalidDataException($"size {size} of an event");
            ReadOnlySpan<byte> payload = rest.Take((int)size);
            if (describes)
                Describe(payload);
            else if (_kinds.TryGetValue(kind & 0x7FFF_FFFF, out (string Provider, string Name) known))
                sink(known.Provider, known.Name, payload);
        }
    }

    private void Describe(ReadOnlySpan<byte> payload)
    {
        var fields = new PayloadReader(payload);
        uint kind = (uint)fields.Int32();
        string provider = fields.Text();
        fields.Take(4); // the event's number
        if (_kinds.Count >= MostKinds)
            throw new InvalidDataException($"more than {MostKinds} kinds of events");
        _kinds[kind] = (provider, fields.Text());
    }

    private void Expect(ReadOnlySpan<byte> expected, string what)
    {
        if (!Take(expected.Length).AsSpan().SequenceEqual(expected))
            throw new InvalidDataException($"{what}: other than expected");
    }

    private byte Byte() => Take(1)[0];

    private int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    private byte[] Take(int count)
    {
        byte[] taken = new byte[count];
        stream.ReadExactly(taken);
        _position += count;
        return taken;
    }
}
