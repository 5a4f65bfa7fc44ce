using System.Runtime.InteropServices;

namespace Tcpwhy.Kernel;

/// <summary>The controlling terminal with its keys handed over one by one, unechoed; disposing gives it back as it was.</summary>
public sealed unsafe partial class RawTerminal : IDisposable
{
    // struct termios of glibc and of musl has 60 bytes; the room beyond is never touched.
    private const int SizeOfTermios = 128;
    private const nuint TIOCGWINSZ = 0x5413;
    private const int TCSAFLUSH = 2;
    private const int O_RDWR = 2;

    private readonly Fd _terminal;
    private readonly byte[] _before = new byte[SizeOfTermios];
    private readonly Lock _gate = new();
    private bool _raw;

    private RawTerminal(Fd terminal) => _terminal = terminal;

    /// <summary>Whether this process has a terminal; one that a supervisor started has none, even when its output goes to one.</summary>
    public static bool IsThere()
    {
        using Fd terminal = Libc.open("/dev/tty", O_RDWR | Libc.O_CLOEXEC, 0);
        return !terminal.IsInvalid;
    }

    /// <summary>Opens /dev/tty, which is there even when stdin is a file, and begins to take its keys.</summary>
    /// <exception cref="KernelException">There is no terminal.</exception>
    public static RawTerminal Open()
    {
        RawTerminal terminal = new(Libc.open("/dev/tty", O_RDWR | Libc.O_CLOEXEC, 0).OrThrow("open", "/dev/tty"));
        try
        {
            fixed (byte* before = terminal._before)
                KernelException.Check(tcgetattr(terminal._terminal, before), "tcgetattr");
            byte* raw = stackalloc byte[SizeOfTermios];
            terminal._before.CopyTo(new Span<byte>(raw, SizeOfTermios));
            cfmakeraw(raw);
            terminal._raw = true;
            KernelException.Check(tcsetattr(terminal._terminal, TCSAFLUSH, raw), "tcsetattr");
            return terminal;
        }
        catch
        {
            terminal.Dispose();
            throw;
        }
    }

    /// <summary>Its width and height in characters; null when the terminal does not say.</summary>
    public (int Columns, int Rows)? Size()
    {
        ushort* size = stackalloc ushort[4];
        return ioctl(_terminal, TIOCGWINSZ, size) == 0 && size[0] > 0 && size[1] > 0 ? (size[1], size[0]) : null;
    }

    /// <summary>Waits for keys at most so long; returns their bytes, 0 when there are none, -1 when the terminal is gone.</summary>
    public int Read(Span<byte> keys, int milliseconds)
    {
        PollFd request = new() { fd = _terminal.Number, events = Libc.POLLIN };
        if (Libc.poll(ref request, 1, milliseconds) <= 0)
            return 0; // nothing yet, or a signal
        nint read = Libc.read(_terminal, keys, (nuint)keys.Length);
        return read > 0 ? (int)read : read < 0 && Marshal.GetLastPInvokeError() is Errno.EINTR or Errno.EAGAIN ? 0 : -1;
    }

    /// <summary>Gives the terminal back; safe to be called again, and from a signal's handler.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_raw)
            {
                fixed (byte* before = _before)
                    _ = tcsetattr(_terminal, TCSAFLUSH, before);
                _raw = false;
            }
            _terminal.Dispose();
        }
    }

    // int tcgetattr(int fd, struct termios *termios_p);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int tcgetattr(Fd fd, byte* termios);

    // int tcsetattr(int fd, int optional_actions, const struct termios *termios_p);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int tcsetattr(Fd fd, int actions, byte* termios);

    // void cfmakeraw(struct termios *termios_p);
    [LibraryImport("libc")]
    private static partial void cfmakeraw(byte* termios);

    // int ioctl(int fd, unsigned long request, struct winsize *size);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(Fd fd, nuint request, ushort* size);
}
