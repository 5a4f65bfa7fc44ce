using System.Runtime.InteropServices;

namespace Tcpwhy.Kernel.Btf;

/// <summary>Finds a section in a 64-bit little-endian ELF object, as clang makes BPF objects.</summary>
public static class ElfFile
{
    private const byte ELFCLASS64 = 2;
    private const byte ELFDATA2LSB = 1;
    private const uint SHT_NOBITS = 8;

    /// <summary>Whether the bytes begin as an ELF file does.</summary>
    public static bool IsElf(ReadOnlySpan<byte> bytes) => bytes.StartsWith("\u007fELF"u8);

    /// <summary>The bytes of the first section of that name.</summary>
    /// <exception cref="InvalidDataException">There is none, or the file is cut short or not of this kind.</exception>
    public static ReadOnlyMemory<byte> Section(ReadOnlyMemory<byte> file, string name)
    {
        ReadOnlySpan<byte> bytes = file.Span;
        Header header = Overlay.Read<Header>(bytes, "Elf64_Ehdr");
        if (!IsElf(bytes) || bytes[4] != ELFCLASS64 || bytes[5] != ELFDATA2LSB)
            throw new InvalidDataException("e_ident: no 64-bit little-endian ELF");
        SectionHeader names = At(bytes, header, header.e_shstrndx);
        byte[] wanted = System.Text.Encoding.UTF8.GetBytes(name + '\0');
        ReadOnlySpan<byte> text = Content(bytes, names);
        for (int i = 0; i < header.e_shnum; i++)
        {
            SectionHeader section = At(bytes, header, i);
            if (section.sh_name >= (uint)text.Length || !text[(int)section.sh_name..].StartsWith(wanted))
                continue;
            int length = Content(bytes, section).Length;
            return length == 0 ? ReadOnlyMemory<byte>.Empty : file.Slice((int)section.sh_offset, length);
        }
        throw new InvalidDataException($"{name}: no such section");
    }

    private static SectionHeader At(ReadOnlySpan<byte> bytes, Header header, int index)
    {
        const int EntrySize = 64;
        if (header.e_shentsize != EntrySize)
            throw new InvalidDataException($"e_shentsize: {header.e_shentsize}");
        return Overlay.Read<SectionHeader>(Overlay.Slice(bytes, Offset(header.e_shoff, bytes, "e_shoff") + (long)index * EntrySize, EntrySize, "e_shoff"), "Elf64_Shdr");
    }

    private static ReadOnlySpan<byte> Content(ReadOnlySpan<byte> bytes, SectionHeader section) =>
        section.sh_type == SHT_NOBITS ? [] : Overlay.Slice(bytes, Offset(section.sh_offset, bytes, "sh_offset"), Offset(section.sh_size, bytes, "sh_size"), "sh_offset");

    // Within the file it fits a long, and sums of two cannot overflow.
    private static long Offset(ulong value, ReadOnlySpan<byte> bytes, string field) =>
        value <= (ulong)bytes.Length ? (long)value : throw new InvalidDataException($"{field}: {value} of {bytes.Length}");

    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        public ulong e_ident_low;
        public ulong e_ident_high;
        public ushort e_type;
        public ushort e_machine;
        public uint e_version;
        public ulong e_entry;
        public ulong e_phoff;
        public ulong e_shoff;
        public uint e_flags;
        public ushort e_ehsize;
        public ushort e_phentsize;
        public ushort e_phnum;
        public ushort e_shentsize;
        public ushort e_shnum;
        public ushort e_shstrndx;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct SectionHeader
    {
        public uint sh_name;
        public uint sh_type;
        public ulong sh_flags;
        public ulong sh_addr;
        public ulong sh_offset;
        public ulong sh_size;
        public uint sh_link;
        public uint sh_info;
        public ulong sh_addralign;
        public ulong sh_entsize;
    }
}
