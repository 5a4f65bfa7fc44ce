using System.Reflection;
using System.Runtime.InteropServices;

namespace Tcpwhy.Kernel.Bpf;

/// <summary>A compiled BPF object that ships inside this assembly (bpf/*.bpf.o): opened, then loaded, then its programs attached. Disposing closes it; links are disposed by whoever holds them.</summary>
public sealed unsafe class BpfObject : IDisposable
{
    private readonly Dictionary<string, nint> _programs = [];
    private nint _handle;

    private BpfObject(nint handle) => _handle = handle;

    /// <summary>Names of the programs, in the object's order.</summary>
    public IReadOnlyCollection<string> Programs => _programs.Keys;

    /// <summary>Opens an embedded object, such as <c>watch.bpf.o</c>, without touching the kernel yet.</summary>
    /// <exception cref="KernelException">libbpf refuses it.</exception>
    /// <exception cref="DllNotFoundException">libbpf.so.1 is not installed.</exception>
    public static BpfObject Open(string resource)
    {
        // libbpf prints to stderr by itself; what we have to say is in our exceptions.
        LibBpf.libbpf_set_print(0);
        byte[] image = Read(resource);
        fixed (byte* start = image)
        {
            nint handle = LibBpf.bpf_object__open_mem(start, (nuint)image.Length, 0);
            if (handle == 0)
                throw new KernelException("bpf_object__open", Marshal.GetLastPInvokeError());
            var result = new BpfObject(handle);
            for (nint program = 0; (program = LibBpf.bpf_object__next_program(handle, program)) != 0;)
                result._programs.Add(Marshal.PtrToStringUTF8((nint)LibBpf.bpf_program__name(program))!, program);
            return result;
        }
    }

    /// <summary>The bytes of an embedded object, for a look at its BTF.</summary>
    public static byte[] Read(string resource)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)
            ?? throw new ArgumentException($"no BPF object {resource} in this build");
        byte[] image = new byte[stream.Length];
        stream.ReadExactly(image);
        return image;
    }

    /// <summary>The program's section, as tp_btf/tcp_send_reset.</summary>
    public string Section(string program) => Marshal.PtrToStringUTF8((nint)LibBpf.bpf_program__section_name(_programs[program]))!;

    /// <summary>Leaves a program out of <see cref="Load"/>.</summary>
    public void Skip(string program)
    {
        int error = LibBpf.bpf_program__set_autoload(_programs[program], 0);
        if (error < 0)
            throw new KernelException("bpf_program__set_autoload", -error);
    }

    /// <summary>Sets the programs' constants; to be called before <see cref="Load"/>.</summary>
    public void Set(in Settings settings)
    {
        nint map = LibBpf.bpf_object__find_map_by_name(_handle, ".rodata");
        nuint size = 0;
        nint value = map == 0 ? 0 : LibBpf.bpf_map__initial_value(map, &size);
        if (value == 0 || size < (nuint)sizeof(Settings))
            throw new ArgumentException("the BPF object has no settings");
        *(Settings*)value = settings;
    }

    /// <summary>Hands the programs to the kernel's verifier.</summary>
    /// <exception cref="KernelException">Not allowed (EPERM), or not understood by this kernel.</exception>
    public void Load()
    {
        int error = LibBpf.bpf_object__load(_handle);
        if (error < 0)
            throw new KernelException("bpf_object__load", -error);
    }

    /// <summary>How often the kernel did not run one of the loaded programs, because a timer's interrupt met it at work on the same CPU.</summary>
    public ulong Misses()
    {
        // struct bpf_prog_info, whose recursion_misses (Linux 5.12) ends 216 bytes after its start.
        ObjectDisposedException.ThrowIf(_handle == 0, this);
        const int Size = 216, RecursionMisses = 208;
        byte* info = stackalloc byte[Size];
        ulong misses = 0;
        foreach (nint program in _programs.Values)
        {
            new Span<byte>(info, Size).Clear();
            uint length = Size;
            int fd = LibBpf.bpf_program__fd(program);
            if (fd >= 0 && LibBpf.bpf_obj_get_info_by_fd(fd, info, &length) == 0 && length == Size)
                misses += *(ulong*)(info + RecursionMisses);
        }
        return misses;
    }

    /// <summary>Attaches a program to what its section names.</summary>
    public BpfLink Attach(string program) => BpfLink.Of(LibBpf.bpf_program__attach(_programs[program]), program);

    /// <summary>Attaches a cgroup program to an open cgroup directory.</summary>
    public BpfLink AttachCgroup(string program, int cgroup) =>
        BpfLink.Of(LibBpf.bpf_program__attach_cgroup(_programs[program], cgroup), program);

    /// <summary>The descriptor of a map, owned by this object.</summary>
    public int Map(string name)
    {
        ObjectDisposedException.ThrowIf(_handle == 0, this);
        nint map = LibBpf.bpf_object__find_map_by_name(_handle, name);
        return map != 0 ? LibBpf.bpf_map__fd(map) : throw new ArgumentException($"no map {name} in the BPF object");
    }

    public void Dispose()
    {
        if (_handle != 0)
            LibBpf.bpf_object__close(_handle);
        _handle = 0;
        _programs.Clear();
    }
}
