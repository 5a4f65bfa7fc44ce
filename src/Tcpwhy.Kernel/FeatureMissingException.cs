namespace Tcpwhy.Kernel;

/// <summary>The running kernel cannot do something: <c>BTF is not supported by this kernel (needs Linux 5.2)</c>.</summary>
/// <param name="feature">What is missing.</param>
/// <param name="since">Where it exists: "Linux 5.2", or a build option "CONFIG_FTRACE_SYSCALLS".</param>
public sealed class FeatureMissingException(string feature, string since)
    : Exception($"{feature} is not supported by this kernel (needs {since})")
{
    public string Feature { get; } = feature;
    public string Since { get; } = since;
}
