// What the data sets we know are. How they are read stands in catalogue.ts, which this leaves alone: their names are part of the command line's help.
import type { DataSetDefinition } from './definition.ts';

const greyDigits = { shape: { channels: 1, height: 28, width: 28 }, train: 60_000, test: 10_000 };

/** LeCun, Cortes, Burges: handwritten digits. */
export const mnist: DataSetDefinition = {
  name: 'mnist',
  ...greyDigits,
  classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
};

/** Xiao, Rasul, Vollgraf 2017: articles of clothing in the format of MNIST. */
export const fashionMnist: DataSetDefinition = {
  name: 'fashion-mnist',
  ...greyDigits,
  classes: ['T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat', 'Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot'],
};

/** Krizhevsky 2009: small colour photographs. */
export const cifar10: DataSetDefinition = {
  name: 'cifar10',
  shape: { channels: 3, height: 32, width: 32 },
  classes: ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'],
  train: 50_000,
  test: 10_000,
};

export const dataSetNames: readonly string[] = [mnist, fashionMnist, cifar10].map(({ name }) => name);
