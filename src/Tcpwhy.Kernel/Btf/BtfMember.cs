namespace Tcpwhy.Kernel.Btf;

/// <summary>A member of a structure; those of anonymous structs and unions inside count as its own.</summary>
/// <param name="BitOffset">From the beginning of the outermost structure.</param>
/// <param name="BitWidth">Width of a bit field; 0 for a whole member.</param>
/// <param name="Size">Bytes of the member's type.</param>
public readonly record struct BtfMember(string Name, int BitOffset, int BitWidth, int Size)
{
    /// <summary>Bytes from the beginning of the outermost structure.</summary>
    public int Offset => BitOffset / 8;
}
