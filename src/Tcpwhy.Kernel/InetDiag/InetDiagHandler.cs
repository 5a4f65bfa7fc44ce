namespace Tcpwhy.Kernel.InetDiag;

/// <summary>Takes one socket; the message lives only during the call.</summary>
public delegate void InetDiagHandler(in InetDiagMessage message);
