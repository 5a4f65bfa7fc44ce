namespace Tcpwhy.Lab;

/// <summary>The lab could not make what it was asked to make; the message says what happened instead.</summary>
public sealed class LabException : Exception
{
    public LabException() { }
    public LabException(string message) : base(message) { }
    public LabException(string message, Exception inner) : base(message, inner) { }
}
