namespace Tcpwhy.Kernel.Btf;

/// <summary>The layout of a struct or union.</summary>
/// <param name="Size">In bytes.</param>
public sealed record BtfStruct(string Name, int Size, IReadOnlyList<BtfMember> Members)
{
    /// <summary>The member of that name, or null.</summary>
    public BtfMember? Member(string name)
    {
        foreach (BtfMember member in Members)
        {
            if (member.Name == name)
                return member;
        }
        return null;
    }
}
