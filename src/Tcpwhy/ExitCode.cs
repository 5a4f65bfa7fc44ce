namespace Tcpwhy;

/// <summary>What the program's exit status says to a script.</summary>
public static class ExitCode
{
    public const int Done = 0;

    /// <summary>There are findings at or above --fail-on.</summary>
    public const int Findings = 1;

    /// <summary>The command line or an input file is wrong.</summary>
    public const int Usage = 2;
    public const int PrivilegeMissing = 3;
    public const int KernelFeatureMissing = 4;
    public const int Unreachable = 5;

    /// <summary>A limit that the caller set, as --max-failures, was exceeded.</summary>
    public const int AssertionFailed = 6;

    /// <summary>A file could not be written or read.</summary>
    public const int Storage = 7;

    /// <summary>A defect of this program (EX_SOFTWARE of sysexits.h).</summary>
    public const int Bug = 70;

    /// <summary>Added to the signal's number, as a shell does: 130 for SIGINT, 143 for SIGTERM.</summary>
    public const int SignalBase = 128;
}
