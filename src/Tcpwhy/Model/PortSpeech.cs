namespace Tcpwhy.Model;

/// <summary>What a service was heard to speak on its port with clients that it understood.</summary>
[Flags]
public enum PortSpeech
{
    None = 0,
    Tls = 1,
    Proxy = 2,
    Http = 4,
}
