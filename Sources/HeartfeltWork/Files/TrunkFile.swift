import ECGEmotion
import ECGNetwork
import ECGPrediction
import ECGPretext
import ECGSignal
import Foundation

/// A trunk with its recipe, out of a pre-trained network or an emotion model.
package struct TrunkFile {
  package let parameters: Parameters
  package let architecture: NetworkArchitecture.Trunk
  package let recipe: PreprocessingRecipe
  /// The persons it was pre-trained on, and learned from where it was trained on labels too.
  package let persons: [String]

  /// Reads a model file, or the run folder that holds one.
  package init(at url: URL) throws {
    let file = modelFile(at: url)
    let stored = try Safetensors(contentsOf: file)
    if stored.metadata["format"]?.hasPrefix("heartfelt-emotion") == true {
      let model = try EmotionModel(contentsOf: file)
      guard let trunk = model.network.architecture.trunk else {
        throw CommandError("\(file.path) holds a model without a trunk; it has no features")
      }
      parameters = model.network.parameters.filter(prefix: "trunk.")
      architecture = trunk
      recipe = model.recipe
      let provenance = model.provenance
      // A frozen trunk has seen no label, but a fine-tuned one has learned from the training persons.
      let learned = provenance.configuration.adaptation == .frozen ? [] : provenance.persons
      persons = Set(provenance.pretrainingPersons + learned).sorted()
    } else {
      let model = try PretextModel(stored, name: file.path)
      guard let trunk = model.architecture.trunk else {
        throw CommandError("\(file.path) holds a network without a trunk")
      }
      parameters = model.trunk
      architecture = trunk
      recipe = model.recipe
      persons = model.persons
    }
  }
}
