using Tcpwhy.Diagnosis;

namespace Tcpwhy.Tuning;

/// <summary>Causes that are normal life, and so no failures.</summary>
public static class NormalCauses
{
    public static readonly IReadOnlySet<string> All = Catalogue.Normal.Select(cause => cause.Id).ToHashSet();
}
