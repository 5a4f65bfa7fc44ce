namespace Tcpwhy.Kernel.InetDiag;

/// <summary>How a dump went.</summary>
/// <param name="Sockets">Sockets handed to the handler.</param>
/// <param name="Interrupted">The kernel says that its table changed meanwhile: sockets may be missing or come twice.</param>
public readonly record struct InetDiagDump(int Sockets, bool Interrupted);
