namespace Tcpwhy.Kernel.Btf;

/// <summary>The fixed part of one type; its id is its place in the file, from 1.</summary>
/// <param name="Offset">Where struct btf_type stands among the types, in bytes.</param>
/// <param name="Count">Members, values or parameters that follow.</param>
/// <param name="Flag">kind_flag: bit fields in a struct, signed values in an enum.</param>
/// <param name="SizeOrType">Size in bytes, or the id of the type that this one refers to, by kind.</param>
internal readonly record struct BtfType(int Offset, uint Name, BtfKind Kind, int Count, bool Flag, uint SizeOrType)
{
    public const int HeaderSize = 12;

    /// <summary>Bytes that follow the fixed part; null for a kind that this reader does not know, after which nothing can be found.</summary>
    public int? TailSize => Kind switch
    {
        BtfKind.Int or BtfKind.Variable or BtfKind.DeclarationTag => 4,
        BtfKind.Array => 12,
        BtfKind.Struct or BtfKind.Union or BtfKind.DataSection or BtfKind.Enum64 => Count * 12,
        BtfKind.Enum or BtfKind.FunctionPrototype => Count * 8,
        > BtfKind.Enum64 or BtfKind.Void => null,
        _ => 0,
    };
}
