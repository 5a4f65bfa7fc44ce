using System.Buffers.Binary;
using System.Text;
using Tcpwhy.Kernel.Btf;
using Xunit;

namespace Tcpwhy.Tests.Kernel.Btf;

public class BtfFileTests
{
    private static readonly byte[] sample = Sample();

    [Fact]
    public void Struct_has_the_members_of_its_anonymous_union()
    {
        BtfStruct found = new BtfFile(sample).Struct("outer")!;
        Assert.Equal(24, found.Size);
        Assert.Equal(
        [
            new BtfMember("first", 0, 0, 4),
            new BtfMember("inner", 32, 0, 4),
            new BtfMember("bits", 64, 3, 4),
            new BtfMember("list", 96, 0, 12),
        ], found.Members);
    }

    [Fact]
    public void Enums_of_both_sizes_keep_their_sign()
    {
        var btf = new BtfFile(sample);
        Assert.Equal([new("MINUS", -1), new("SEVEN", 7)], btf.Enum("small")!);
        Assert.Equal([new("HUGE", 0x100000002)], btf.Enum("large")!);
        Assert.Null(btf.Enum("absent"));
        Assert.Null(btf.Struct("absent"));
    }

    [Fact]
    public void Typedef_has_the_size_of_what_it_names() => Assert.Equal(4, new BtfFile(sample).SizeOf("alias"));

    [Fact]
    public void Elf_object_gives_its_section()
    {
        BtfFile btf = BtfFile.FromBytes(Elf(sample));
        Assert.Equal(new BtfFile(sample).Count, btf.Count);
        Assert.Equal(".BTX: no such section", Assert.Throws<InvalidDataException>(() => ElfFile.Section(Elf(sample), ".BTX")).Message);
    }

    [Theory]
    [InlineData("", "btf_header: 0 bytes, at least 24 expected")]
    [InlineData("9feb", "btf_header: 2 bytes, at least 24 expected")]
    [InlineData("eb9f01001800000000000000000000000000000001000000", "btf_header.magic: 0x9feb")]
    public void Names_the_field_that_is_wrong(string hex, string message) =>
        Assert.Equal(message, Assert.Throws<InvalidDataException>(() => BtfFile.FromBytes(Convert.FromHexString(hex))).Message);

    [Fact]
    public void Structure_that_holds_itself_is_refused()
    {
        var types = new Writer();
        types.Type("self", BtfKind.Struct, 2, 8).Member("", 1, 0).Member("", 1, 0);
        var error = Assert.Throws<InvalidDataException>(() => new BtfFile(types.ToArray()).Struct("self"));
        Assert.Equal("btf_member.type: a structure that holds itself", error.Message);
    }

    [Fact]
    public void Damaged_files_are_refused()
    {
        Mutation.Survives(sample, Use, rounds: 5000);
        Mutation.Survives(Elf(sample), Use, rounds: 5000);
    }

    private static void Use(byte[] bytes)
    {
        BtfFile btf = BtfFile.FromBytes(bytes);
        _ = btf.Struct("outer");
        _ = btf.Enum("small");
        _ = btf.Enum("large");
        _ = btf.SizeOf("alias");
    }

    // int; union { int inner }; struct outer; int[3]; typedef alias; enum small; enum64 large.
    private static byte[] Sample()
    {
        var types = new Writer();
        types.Type("int", BtfKind.Int, 0, 4).Word(32);
        types.Type("", BtfKind.Union, 1, 4).Member("inner", 1, 0);
        types.Type("", BtfKind.Array, 0, 0).Word(1).Word(1).Word(3);
        types.Type("outer", BtfKind.Struct, 4, 24, flag: true).Member("first", 1, 0).Member("", 2, 32).Member("bits", 1, 64 | (3 << 24)).Member("list", 3, 96);
        types.Type("alias", BtfKind.Typedef, 0, 6);
        types.Type("", BtfKind.Const, 0, 1);
        types.Type("small", BtfKind.Enum, 2, 4, flag: true).Name("MINUS").Word(-1).Name("SEVEN").Word(7);
        types.Type("large", BtfKind.Enum64, 1, 8).Name("HUGE").Word(2).Word(1);
        return types.ToArray();
    }

    // An ELF header, the content, the section names, then three section headers.
    private static byte[] Elf(byte[] content)
    {
        byte[] names = Encoding.ASCII.GetBytes("\0.BTF\0.shstrtab\0");
        int namesAt = 64 + content.Length, headersAt = namesAt + names.Length;
        byte[] elf = new byte[headersAt + 3 * 64];
        "\u007fELF"u8.CopyTo(elf);
        (elf[4], elf[5]) = (2, 1);
        BinaryPrimitives.WriteInt64LittleEndian(elf.AsSpan(40), headersAt);
        BinaryPrimitives.WriteInt16LittleEndian(elf.AsSpan(58), 64);
        BinaryPrimitives.WriteInt16LittleEndian(elf.AsSpan(60), 3);
        BinaryPrimitives.WriteInt16LittleEndian(elf.AsSpan(62), 2);
        content.CopyTo(elf, 64);
        names.CopyTo(elf, namesAt);
        Header(elf.AsSpan(headersAt + 64), 1, 64, content.Length);
        Header(elf.AsSpan(headersAt + 128), 6, namesAt, names.Length);
        return elf;

        static void Header(Span<byte> header, int name, long offset, long size)
        {
            BinaryPrimitives.WriteInt32LittleEndian(header, name);
            BinaryPrimitives.WriteInt32LittleEndian(header[4..], 1);
            BinaryPrimitives.WriteInt64LittleEndian(header[24..], offset);
            BinaryPrimitives.WriteInt64LittleEndian(header[32..], size);
        }
    }

    private sealed class Writer
    {
        private readonly List<byte> types = [];
        private readonly List<byte> strings = [0];

        public Writer Type(string name, BtfKind kind, int count, int size, bool flag = false) =>
            Name(name).Word(count | ((int)kind << 24) | (flag ? 1 << 31 : 0)).Word(size);

        public Writer Member(string name, int type, int offset) => Name(name).Word(type).Word(offset);

        public Writer Name(string name)
        {
            if (name.Length == 0)
                return Word(0);
            int at = strings.Count;
            strings.AddRange(Encoding.UTF8.GetBytes(name + '\0'));
            return Word(at);
        }

        public Writer Word(int value)
        {
            Span<byte> bytes = stackalloc byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
            types.AddRange(bytes);
            return this;
        }

        public byte[] ToArray()
        {
            byte[] header = new byte[24];
            BinaryPrimitives.WriteUInt16LittleEndian(header, 0xeb9f);
            header[2] = 1;
            BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), 24);
            BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(12), types.Count);
            BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(16), types.Count);
            BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(20), strings.Count);
            return [.. header, .. types, .. strings];
        }
    }
}
