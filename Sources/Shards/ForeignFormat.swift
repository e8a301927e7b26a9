/// Files of numbers that Coterie does not read, and how to make of them what it does.
enum ForeignFormat {
    /// What to do about a file with this extension; nil if it is not a known one.
    static func remedy(for fileExtension: String) -> String? {
        switch fileExtension {
        case "parquet": "convert it: Scripts/from-parquet FILE -o FOLDER"
        case "pt", "pth", "ckpt": "convert it: Scripts/from-torch FILE -o FILE.npy"
        case "fvecs": "np.save(name + '.npy', np.fromfile(name, '<f4').reshape(-1, columns + 1)[:, 1:])"
        case "bvecs": "np.save(name + '.npy', np.fromfile(name, 'u1').reshape(-1, columns + 4)[:, 4:])"
        case "fbin": "np.save(name + '.npy', np.fromfile(name, '<f4', offset=8).reshape(-1, columns))"
        case "bin", "raw", "dat":
            "np.save(name + '.npy', np.fromfile(name, '<f4').reshape(-1, columns)); PyTorch's: Scripts/from-torch"
        case "csv": "np.save(name + '.npy', np.loadtxt(name, delimiter=','))"
        case "tsv", "txt": "np.save(name + '.npy', np.loadtxt(name))"
        case "h5", "hdf5": "np.save(name + '.npy', h5py.File(name)[key])"
        case "mat": "np.save(name + '.npy', scipy.io.loadmat(name)[key])"
        case "feather", "arrow": "write it as Parquet, then Scripts/from-parquet"
        case "pkl", "pickle": "unpickle it yourself if you trust it, and save the matrix with np.save"
        default: nil
        }
    }

    /// Whether there is a script that converts files with this extension.
    static func isConvertible(_ fileExtension: String) -> Bool {
        ["parquet", "pt", "pth", "ckpt"].contains(fileExtension)
    }
}
