using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Tcpwhy.Kernel.Btf;

/// <summary>Types of a kernel or of a BPF object in the BTF format (Documentation/bpf/btf.rst). Types are read when asked for: vmlinux has 130,000.</summary>
public sealed class BtfFile
{
    private const int Magic = 0xeb9f;
    private const int HeaderSize = 24;

    // More than any compiler makes means a cycle. A cycle of anonymous members costs one stack frame each, so that bound is low.
    private const int MaxDepth = 64;
    private const int MaxMembers = 4096;

    private readonly ReadOnlyMemory<byte> types;
    private readonly ReadOnlyMemory<byte> strings;

    // Where each type stands; the index is its id, and 0 is void.
    private readonly int[] offsets;

    /// <summary>Takes the bytes of /sys/kernel/btf/vmlinux or of a .BTF section.</summary>
    /// <exception cref="InvalidDataException">They are no BTF of this machine's byte order.</exception>
    public BtfFile(ReadOnlyMemory<byte> data)
    {
        ReadOnlySpan<byte> bytes = data.Span;
        Header header = Overlay.Read<Header>(bytes, "btf_header");
        if (header.magic != Magic)
            throw new InvalidDataException($"btf_header.magic: 0x{header.magic:x}");
        if (header.hdr_len < HeaderSize)
            throw new InvalidDataException($"btf_header.hdr_len: {header.hdr_len}");
        types = Section(data, header.hdr_len, header.type_off, header.type_len, "btf_header.type_off");
        strings = Section(data, header.hdr_len, header.str_off, header.str_len, "btf_header.str_off");
        if (strings.IsEmpty || strings.Span[^1] != 0)
            throw new InvalidDataException("btf_header.str_len: the strings have no end");
        offsets = Index();
    }

    /// <summary>How many types there are, void not counted.</summary>
    public int Count => offsets.Length - 1;

    /// <summary>Reads a raw BTF file, as /sys/kernel/btf/vmlinux, or the .BTF section of an ELF object.</summary>
    /// <exception cref="InvalidDataException">It is neither.</exception>
    public static BtfFile Load(string path) => FromBytes(File.ReadAllBytes(path));

    /// <inheritdoc cref="Load"/>
    public static BtfFile FromBytes(byte[] bytes) => new(ElfFile.IsElf(bytes) ? ElfFile.Section(bytes, ".BTF") : bytes);

    /// <summary>The id of the first type of that kind and name, or null.</summary>
    public int? Find(BtfKind kind, string name)
    {
        byte[] wanted = Encoding.UTF8.GetBytes(name + '\0');
        ReadOnlySpan<byte> text = strings.Span;
        ReadOnlySpan<byte> bytes = types.Span;
        for (int id = 1; id < offsets.Length; id++)
        {
            ReadOnlySpan<byte> header = bytes[offsets[id]..];
            if ((header[7] & 0x1f) != (int)kind)
                continue;
            uint at = BinaryPrimitives.ReadUInt32LittleEndian(header);
            if (at < (uint)text.Length && text[(int)at..].StartsWith(wanted))
                return id;
        }
        return null;
    }

    /// <summary>The layout of a struct, or of a union, by name; null when there is none.</summary>
    /// <exception cref="InvalidDataException">Its type does not parse.</exception>
    public BtfStruct? Struct(string name)
    {
        if ((Find(BtfKind.Struct, name) ?? Find(BtfKind.Union, name)) is not { } id)
            return null;
        var members = new List<BtfMember>();
        BtfType type = Type(id);
        int budget = MaxMembers;
        AddMembers(type, 0, members, ref budget);
        return new BtfStruct(name, Clamp(type.SizeOrType), members);
    }

    /// <summary>The values of an enum or enum64, by name; null when there is none.</summary>
    /// <exception cref="InvalidDataException">Its type does not parse.</exception>
    public IReadOnlyList<KeyValuePair<string, long>>? Enum(string name)
    {
        if ((Find(BtfKind.Enum, name) ?? Find(BtfKind.Enum64, name)) is not { } id)
            return null;
        BtfType type = Type(id);
        int step = type.Kind == BtfKind.Enum ? 8 : 12;
        ReadOnlySpan<byte> tail = Tail(type);
        var values = new KeyValuePair<string, long>[type.Count];
        for (int i = 0; i < values.Length; i++)
        {
            ReadOnlySpan<byte> entry = tail.Slice(i * step, step);
            uint low = BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]);
            long value = type.Kind == BtfKind.Enum64 ? (long)(low | ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]) << 32))
                : type.Flag ? (int)low : low;
            values[i] = new(Text(BinaryPrimitives.ReadUInt32LittleEndian(entry)), value);
        }
        return values;
    }

    /// <summary>The size in bytes of a named struct, union, typedef, int or enum; null when there is none.</summary>
    /// <exception cref="InvalidDataException">Its type does not parse.</exception>
    public int? SizeOf(string name)
    {
        foreach (BtfKind kind in (ReadOnlySpan<BtfKind>)[BtfKind.Struct, BtfKind.Union, BtfKind.Typedef, BtfKind.Int, BtfKind.Enum, BtfKind.Enum64])
        {
            if (Find(kind, name) is { } id)
                return Clamp(Size((uint)id, 0));
        }
        return null;
    }

    private int[] Index()
    {
        ReadOnlySpan<byte> bytes = types.Span;
        var found = new List<int>(bytes.Length / 24 + 1) { 0 };
        for (int at = 0; at < bytes.Length;)
        {
            found.Add(at);
            BtfType type = At(at);
            int tail = type.TailSize ?? throw new InvalidDataException($"btf_type {found.Count - 1}: unknown kind {(int)type.Kind}");
            at += BtfType.HeaderSize;
            Overlay.Slice(bytes, at, tail, "btf_type.vlen");
            at += tail;
        }
        return [.. found];
    }

    private void AddMembers(BtfType type, int baseBits, List<BtfMember> members, ref int budget)
    {
        for (int i = 0; i < type.Count; i++)
        {
            if (budget-- == 0)
                throw new InvalidDataException("btf_member.type: a structure that holds itself");
            ReadOnlySpan<byte> entry = Tail(type).Slice(i * 12, 12);
            string name = Text(BinaryPrimitives.ReadUInt32LittleEndian(entry));
            uint id = BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]);
            uint offset = BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]);
            int width = type.Flag ? (int)(offset >> 24) : 0;
            int bits = unchecked(baseBits + (int)(type.Flag ? offset & 0xffffff : offset));
            if (name.Length > 0)
                members.Add(new BtfMember(name, bits, width, Clamp(Size(id, 0))));
            else if (Resolve(id) is { Kind: BtfKind.Struct or BtfKind.Union } inner)
                AddMembers(inner, bits, members, ref budget);
        }
    }

    private ulong Size(uint id, int depth)
    {
        if (depth > MaxDepth)
            throw new InvalidDataException("btf_array.type: nested too deep");
        BtfType type = Resolve(id);
        switch (type.Kind)
        {
            case BtfKind.Pointer:
                return 8;
            case BtfKind.Int or BtfKind.Struct or BtfKind.Union or BtfKind.Enum or BtfKind.Enum64 or BtfKind.Float:
                return type.SizeOrType;
            case BtfKind.Array:
                ReadOnlySpan<byte> tail = Tail(type);
                ulong size = Size(BinaryPrimitives.ReadUInt32LittleEndian(tail), depth + 1);
                return Math.Min(size * BinaryPrimitives.ReadUInt32LittleEndian(tail[8..]), uint.MaxValue);
            default:
                return 0;
        }
    }

    // Follows names and qualifiers to the type itself.
    private BtfType Resolve(uint id)
    {
        for (int depth = 0; depth < MaxDepth; depth++)
        {
            BtfType type = Type(id);
            if (type.Kind is not (BtfKind.Typedef or BtfKind.Volatile or BtfKind.Const or BtfKind.Restrict or BtfKind.TypeTag))
                return type;
            id = type.SizeOrType;
        }
        throw new InvalidDataException("btf_type.type: a type that names itself");
    }

    private BtfType Type(long id) =>
        id == 0 ? default : id < offsets.Length ? At(offsets[(int)id]) : throw new InvalidDataException($"btf_type.type: {id} of {Count}");

    private BtfType At(int offset)
    {
        RawType raw = Overlay.Read<RawType>(types.Span[offset..], "btf_type");
        return new BtfType(offset, raw.name_off, (BtfKind)((raw.info >> 24) & 0x1f), (int)(raw.info & 0xffff), raw.info >> 31 != 0, raw.size_or_type);
    }

    // Index has checked that it is there.
    private ReadOnlySpan<byte> Tail(BtfType type) => types.Span.Slice(type.Offset + BtfType.HeaderSize, type.TailSize ?? 0);

    private string Text(uint offset)
    {
        ReadOnlySpan<byte> text = strings.Span;
        if (offset >= (uint)text.Length)
            throw new InvalidDataException($"name_off: {offset} of {text.Length}");
        text = text[(int)offset..];
        return Encoding.UTF8.GetString(text[..text.IndexOf((byte)0)]);
    }

    private static int Clamp(ulong size) => (int)Math.Min(size, int.MaxValue);

    private static ReadOnlyMemory<byte> Section(ReadOnlyMemory<byte> data, uint header, uint offset, uint length, string field)
    {
        long start = (long)header + offset;
        Overlay.Slice(data.Span, start, length, field);
        return data.Slice((int)start, (int)length);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        public ushort magic;
        public byte version;
        public byte flags;
        public uint hdr_len;
        public uint type_off;
        public uint type_len;
        public uint str_off;
        public uint str_len;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct RawType
    {
        public uint name_off;
        public uint info;
        public uint size_or_type;
    }
}
