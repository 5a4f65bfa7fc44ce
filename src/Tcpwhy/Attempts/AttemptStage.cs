namespace Tcpwhy.Attempts;

/// <summary>How far one of our own connections had come when it failed.</summary>
public enum AttemptStage
{
    Resolve,
    Connect,
    Tls,
    Request,
    Response,
    Idle,
}
