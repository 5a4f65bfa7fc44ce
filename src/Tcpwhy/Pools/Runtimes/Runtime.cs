namespace Tcpwhy.Pools.Runtimes;

/// <summary>What runs a process: it decides which settings its pools have.</summary>
public enum Runtime
{
    Unknown,
    Java,
    NodeJs,
    DotNet,
    Python,
    Go,
    Ruby,
    Php,
    Nginx,
    Haproxy,
    Envoy,
}
